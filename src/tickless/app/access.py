"""Puts together how people come in from elsewhere, and who is told when a seal is broken."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tickless.app.configured import secrets_of
from tickless.app.settings import Settings
from tickless.doors.entrance import Entrance
from tickless.doors.entrance.oidc import OidcSignIn
from tickless.doors.entrance.oidc_provider import Provider
from tickless.flow.rooms import Rooms
from tickless.flow.saying.conversation import personal, say
from tickless.kit.ids import new_id
from tickless.kit.log import get_logger

log = get_logger("entrance")


def oidc_of(settings: Settings, entrance: Entrance, secret_values: Mapping[str, str]) -> OidcSignIn | None:
    """Sign-in by the configured identity provider, if there is one. Nothing is asked of it before somebody signs in."""
    oidc = settings.entrance.oidc
    if oidc is None:
        return None
    secrets, reference = secrets_of(settings, secret_values), oidc.client_secret
    secret = None if reference is None else lambda: secrets.reveal(reference)
    return OidcSignIn(entrance, Provider(oidc, entrance.clock, secret=secret), home=settings.home)


def alarm_of(rooms: Rooms) -> Callable[[str, str], None]:
    """Tells every administrator, in the log and in their notices (and so wherever they are reached)."""

    def alarm(subject: str, text: str) -> None:
        log.error("alarm", subject=subject, text=text)
        now, key = rooms.clock.now(), new_id("alm")
        with rooms.journal.write() as tx:
            admins = {user.person for user in tx.access.users.where() if user.active and "admin" in user.roles}
            for person in sorted(one for one in admins if one):
                say(
                    tx, conversation=personal(person), case=None, text=text, key=f"{key}:{person}", at=now, private=True
                )

    return alarm
