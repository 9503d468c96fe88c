"""Beside a case: its ticket, the pack, and calling others in."""

from __future__ import annotations

from starlette.routing import BaseRoute

from tickless.domain.case import Case
from tickless.domain.errors import BadInput, Forbidden, NotFound
from tickless.domain.ticket import OWN
from tickless.doors.console.frame import Form, Frame, Visit

HANDED = frozenset({"handed_off"})
STATES = {
    "wanted": "is being made",
    "open": "open",
    "pending": "waits for somebody",
    "resolved": "resolved",
    "closed": "closed for good",
}


def routes(frame: Frame) -> list[BaseRoute]:
    return [
        frame.deed("/cases/{number:int}/invite", "act", invite),
        frame.deed("/cases/{number:int}/ticket", "act", ticket),
    ]


def panel(visit: Visit, case: Case) -> dict[str, object]:
    """What the case page needs: `ticket` and `pack`, None where there is none or it is not for these eyes."""
    if not visit.visitor.may("read"):
        return {"ticket": None, "pack": None, "ticket_state": ""}
    with visit.desk.journal.read() as tx:
        found = visit.desk.tickets.of_case(tx, case.id)
        pack = visit.desk.tickets.pack(tx, case) if found is not None or case.state in HANDED else None
    state = STATES[found.state] if found is not None else ""
    return {
        "ticket": found,
        "pack": pack,
        "ticket_state": state,
        "own_ticket": found is not None and found.system in {"", OWN},
    }


async def invite(visit: Visit, form: Form) -> str:
    """Call somebody in."""
    person = form.get("person", "").strip()
    if not person:
        raise BadInput("say who is to help", mend="their user name or address")
    case = _case(visit)
    await visit.desk.tickets.invite(case.id, person, by=visit.visitor.actor, why=form.get("reason", "").strip())
    return f"/cases/{case.number}?told=invited"


async def ticket(visit: Visit, form: Form) -> str:
    """Say something in the ticket, or take, resolve and reopen one that we keep ourselves."""
    case = _case(visit)
    with visit.desk.journal.read() as tx:
        found = visit.desk.tickets.of_case(tx, case.id)
    if found is None:
        raise NotFound("this case was never handed off")
    match form.get("do", ""):
        case "say" | "note" as how:
            name = visit.visitor.person.name if visit.visitor.person else visit.visitor.actor.removeprefix("user:")
            text = form.get("text", "")
            await visit.desk.tickets.comment(found.id, text, by=visit.visitor.actor, name=name, public=how == "say")
            return f"/cases/{case.number}?told=said"
        case "taken" | "pending" | "resolved" | "open" as to:
            person, minutes = visit.visitor.person, _minutes(form.get("minutes", ""))
            await visit.desk.tickets.change(found.id, to, by=visit.visitor.actor, person=person, minutes=minutes)
            return f"/cases/{case.number}?told=ticket_{to}"
        case _:
            raise BadInput("choose what to do with the ticket")


def _minutes(text: str) -> float | None:
    if not text.strip():
        return None
    try:
        return float(text)
    except ValueError as error:
        raise BadInput("minutes are a number", mend="such as 25") from error


def _case(visit: Visit) -> Case:
    if not visit.visitor.may("act"):
        raise Forbidden("your account has no right to do that")
    with visit.desk.journal.read() as tx:
        found = tx.cases.by_number(int(visit.path("number")))
    if found is None:
        raise NotFound("there is no such case, or it is not yours to see")
    return found
