"""Accounts in channels: whose they are, how we know, and taking them away. People see their own, administrators all."""

from __future__ import annotations

from starlette.routing import BaseRoute

from tickless.domain.errors import BadInput, Forbidden
from tickless.doors.console.book import names_of
from tickless.doors.console.frame import Form, Frame, Screen, Visit

MOST = 1_000
WAYS = {"directory": "address in the directory", "code": "one-time code", "administrator": "bound by hand"}


def routes(frame: Frame) -> list[BaseRoute]:
    return [
        frame.show("/accounts", "chat", page),
        frame.deed("/accounts", "admin", bind),
        frame.deed("/accounts/unbind", "chat", unbind),
    ]


def page(visit: Visit) -> Screen:
    all_of_them = visit.visitor.may("admin")
    me = visit.visitor.person.id if visit.visitor.person else ""
    with visit.desk.journal.read() as tx:
        found = tx.bindings.where(limit=MOST) if all_of_them else tx.bindings.by(person=me)
        bound = sorted((one for one in found if one.active), key=lambda one: (one.channel, one.account))
        names = names_of(tx, people=[one.person for one in bound])
    channels = visit.desk.identity.channels if all_of_them else ()
    return Screen(
        "accounts.html", {"bound": bound, "names": names, "ways": WAYS, "all": all_of_them, "channels": channels}
    )


async def bind(visit: Visit, form: Form) -> str:
    channel, account, person = (form.get(name, "").strip() for name in ("channel", "account", "person"))
    if not (channel and account and person):
        raise BadInput("say the channel, the account and the person")
    await visit.desk.identity.bind(channel, account, person, by=visit.visitor.actor)
    return "/accounts?told=bound"


async def unbind(visit: Visit, form: Form) -> str:
    own = None if visit.visitor.may("admin") else (visit.visitor.person.id if visit.visitor.person else "")
    if own == "":
        raise Forbidden("your account belongs to no person, so no account in a channel is yours")
    await visit.desk.identity.unbind(form.get("id", "")[:300], by=visit.visitor.actor, of=own)
    return "/accounts?told=unbound"
