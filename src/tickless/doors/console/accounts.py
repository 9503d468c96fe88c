"""Accounts in channels: whose they are, how we know, and taking them away. People see their own, administrators all."""

from __future__ import annotations

import datetime as dt

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
        frame.deed("/accounts/delegations", "chat", delegate),
        frame.deed("/accounts/delegations/end", "chat", end_delegation),
    ]


def page(visit: Visit) -> Screen:
    all_of_them = visit.visitor.may("admin")
    me = visit.visitor.person.id if visit.visitor.person else ""
    made = visit.desk.identity.delegations(of=None if all_of_them else me)
    standing = [one for one in made if one.until > visit.now]
    with visit.desk.journal.read() as tx:
        found = tx.bindings.where(limit=MOST) if all_of_them else tx.bindings.by(person=me)
        bound = sorted((one for one in found if one.active), key=lambda one: (one.channel, one.account))
        people = [one.person for one in bound] + [each for one in standing for each in (one.person, one.delegate)]
        names = names_of(tx, people=people)
    channels = visit.desk.identity.channels if all_of_them else ()
    return Screen(
        "accounts.html",
        {
            "bound": bound,
            "names": names,
            "ways": WAYS,
            "all": all_of_them,
            "channels": channels,
            "standing": standing,
            "me": me,
        },
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


async def delegate(visit: Visit, form: Form) -> str:
    """Let somebody stand in for somebody, to the end of the day that is given: everybody for themselves, in what they are asked
    to approve; administrators for anybody."""
    own = _own(visit)
    person, stand_in = own or form.get("person", "").strip(), form.get("delegate", "").strip()
    if not (person and stand_in):
        raise BadInput("say who stands in for whom")
    last, first = _day(form.get("until", ""), "until which day"), form.get("since", "").strip()
    end = dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), tzinfo=dt.UTC)
    note = form.get("note", "").strip()[:200]
    await visit.desk.identity.delegate(
        person,
        stand_in,
        since=dt.datetime.combine(_day(first, "from which day"), dt.time(), tzinfo=dt.UTC) if first else None,
        until=end,
        by=visit.visitor.actor,
        note=note,
        approves=own is not None or form.get("approves") == "yes",
        own=own,
    )
    return "/accounts?told=delegated"


def _own(visit: Visit) -> str | None:
    """The person to whom a visitor is held; None: an administrator."""
    if visit.visitor.may("admin"):
        return None
    if visit.visitor.person is None:
        raise Forbidden("your account belongs to no person, so nobody can stand in for it")
    return visit.visitor.person.id


def _day(text: str, what: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError as error:
        raise BadInput(f"say {what}", mend="a date such as 2026-12-31") from error


async def end_delegation(visit: Visit, form: Form) -> str:
    await visit.desk.identity.end_delegation(form.get("id", "")[:80], by=visit.visitor.actor, own=_own(visit))
    return "/accounts?told=undelegated"
