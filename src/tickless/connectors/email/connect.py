"""Which server, as whom: from the settings and the moment of a call."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tickless.connectors.email.imap import signed_in
from tickless.connectors.email.settings import Quotas, Server, Settings
from tickless.domain.errors import Rejected, SettingsInvalid
from tickless.sdk import Call


def password_of(call: Call, server: Server) -> str:
    """The password behind the server's reference; empty without one."""
    return call.secret(server.password) if server.password else ""


def imap_server(call: Call) -> Server:
    """Raises `SettingsInvalid` when the instance has no IMAP server."""
    settings: Settings = call.settings
    if settings.imap is None:
        raise SettingsInvalid(f"{call.instance.name} has no IMAP server", mend="set `imap.host`, `imap.port` and so on")
    return settings.imap


@contextmanager
def own_mailbox(call: Call) -> Iterator[Any]:
    """The mailbox that is read for messages."""
    server = imap_server(call)
    with signed_in(server, password=password_of(call, server), timeout=call.timeout) as client:
        yield client


@contextmanager
def mailbox_of(call: Call, username: str) -> Iterator[tuple[Any, str]]:
    """A person's mailbox as far as quotas go: the connection, and the mailbox's name there."""
    server, how = imap_server(call), call.settings.quotas
    login, act_as = _identity(server, how, username)
    with signed_in(
        server, password=password_of(call, server), timeout=call.timeout, login=login, act_as=act_as
    ) as client:
        yield client, how.mailbox.replace("{username}", username) if how.sign_in == "admin" else "INBOX"


def _identity(server: Server, how: Quotas, username: str) -> tuple[str, str]:
    """(login name, authorisation id). Raises `Rejected` for a name that could change what it is put into."""
    if any(not (character.isalnum() or character in "._-@+") for character in username):
        raise Rejected("that is no mailbox name", detail=username[:100])
    if how.sign_in == "own" and username != server.user:
        raise Rejected("only the own mailbox can be asked", mend="set `quotas.sign_in` to master, proxy or admin")
    if how.sign_in == "master":
        return f"{username}{how.separator}{server.user}", ""
    return server.user, username if how.sign_in == "proxy" else ""
