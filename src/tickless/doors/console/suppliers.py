"""Suppliers: agreements, cases that are with them with their clocks, contracts to decide about, what hangs on whom."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute

from tickless.domain.errors import BadInput
from tickless.domain.supplier import AgreementDraft, Contact, ReferralDraft, Target
from tickless.doors.console.frame import Form as Sent
from tickless.doors.console.frame import Frame, Screen, Visit
from tickless.doors.console.practice_forms import parsed, people_and_services
from tickless.doors.console.sheet import (
    Block,
    Cell,
    Deed,
    Field,
    Form,
    Link,
    Rows,
    Sheet,
    Tag,
    What,
    When,
    listed,
    screen,
    text,
)
from tickless.doors.entrance.holding import keeper_of
from tickless.flow.desk.practices.suppliers import ReferralShown
from tickless.practices.suppliers.core import decide_by

PURPOSE = "Who provides what by which agreement, what is with them now and until when, and what hangs on whom."


def routes(frame: Frame) -> list[BaseRoute]:
    return [
        frame.show("/suppliers", "read", page),
        frame.deed("/suppliers", "own_cases", keep),
        frame.deed("/suppliers/referrals", "own_cases", refer),
        frame.deed("/suppliers/referrals/{id}/{deed}", "own_cases", move),
        frame.deed("/suppliers/{id}/end", "own_cases", end),
    ]


def page(visit: Visit) -> Screen:
    desk = visit.desk.practices.suppliers
    _, services = people_and_services(visit)
    names = {one.id: one.name for one in desk.suppliers()}
    known = [one for one in desk.agreements() if one.state == "active"]
    rows = [
        (
            What(one.title, (one.id, one.kind, ", ".join(services.get(key, key) for key in one.services))),
            names.get(one.party, one.party),
            one.hours or "always",
            f"decide by {decide_by(one)}" if decide_by(one) else "no end",
            Deed("End it", f"/suppliers/{one.id}/end", (), one.title),
        )
        for one in known
    ]
    here = [referral_row(one, names) for one in desk.referrals()[:40]]
    decide = [(What(one.title), names.get(one.party, one.party), str(decide_by(one))) for one in desk.to_decide()]
    hangs = [
        (names.get(key, key), What(", ".join(services.get(one, one) for one in many)))
        for key, many in desk.concentration().items()
    ]
    blocks: tuple[Block, ...] = (
        Rows(
            "Cases that are with them",
            ("Case", "With", "State", "Answer by", "Works by", ""),
            here,
            "No case is with others",
        ),
        Rows("Agreements", ("Agreement", "With", "Support window", "Ends", ""), rows, "There is no agreement"),
        Rows("To decide about", ("Agreement", "With", "By"), decide, "Nothing is to be decided within a month"),
        Rows(
            "Critical services by supplier", ("Supplier", "Services"), hangs, "No critical service hangs on a supplier"
        ),
    )
    active = tuple((one.id, f"{one.title} ({names.get(one.party, one.party)})") for one in known)
    forms = (
        Form("Give a case to them", "/suppliers/referrals", (
            Field("case", "Case number", "number", value=visit.asked("case") or "", required=True),
            Field("agreement", "By", "select", active, required=True), Field("reference", "Their number")), "Give it"),
        Form("A new agreement", "/suppliers", (
            Field("title", "Title", required=True), Field("party", "Supplier, or team", required=True),
            Field("agreed", "It is", "select", (("contract", "a contract"), ("ola", "an operational level agreement"))),
            Field("services", "Services", help="Names, divided by commas; empty: all of theirs."),
            Field("hours", "Support window", help="Such as Mon-Fri 08:00-18:00 Europe/Berlin; empty: always."),
            Field("respond", "Answer in minutes, by priority", help="Priorities 1 to 4, such as 30, 60, 240, 480."),
            Field("resolve", "Works in minutes, by priority"),
            Field("escalation", "Escalation points, one a line", "area", help="Minutes; name; how to reach them."),
            Field("ends_on", "Ends on", "date"), Field("notice_days", "Days of notice", "number", value="0")), "Write it down"),
    ) if visit.visitor.may("own_cases") else ()  # fmt: skip
    return screen(Sheet("Suppliers", PURPOSE, blocks, forms))


def referral_row(shown: ReferralShown, names: dict[str, str]) -> tuple[Cell, ...]:
    """A case that is with somebody else; case pages show theirs the same way."""
    it = shown.referral
    state = Tag(
        {"waiting": "waits for an answer", "answered": "answered", "over": "over"}[it.state],
        "bad" if shown.late else "info",
    )
    contacts = tuple(f"{one.name}: {one.how}" for one in shown.contacts)
    base, deeds = (
        f"/suppliers/referrals/{it.id}",
        {"waiting": ("answered", "over"), "answered": ("over",), "over": ()}[it.state],
    )
    labels = {"answered": "They answered", "over": "It is over"}
    clocks = [(When(at) if at else None, Tag("late", "bad") if name in shown.late else None)
              for name, at in (("respond", it.respond_by), ("resolve", it.resolve_by))]  # fmt: skip
    return (
        What(Link(f"#{it.number}", f"/cases/{it.number}"), (it.id, it.reference, *contacts)),
        names.get(it.party, it.party),
        state,
        *(tuple(cell for cell in clock if cell) or None for clock in clocks),
        tuple(Deed(labels[deed], f"{base}/{deed}", (), it.id) for deed in deeds) or None,
    )


async def keep(visit: Visit, form: Sent) -> str:
    respond, resolve = listed(form, "respond"), listed(form, "resolve")
    targets = [
        parsed(Target, priority=priority, respond=_at(respond, priority), resolve=_at(resolve, priority))
        for priority in (1, 2, 3, 4) if _at(respond, priority) or _at(resolve, priority)
    ]  # fmt: skip
    draft = parsed(
        AgreementDraft, title=text(form, "title", 200), kind=text(form, "agreed") or "contract", party=text(form, "party", 200),
        services=listed(form, "services"), hours=text(form, "hours", 200), targets=tuple(targets), escalation=_contacts(form),
        ends_on=text(form, "ends_on") or None, notice_days=text(form, "notice_days") or 0,
    )  # fmt: skip
    by = keeper_of(visit.visitor)
    await run_in_threadpool(lambda: visit.desk.practices.suppliers.keep(draft, by=by))
    return "/suppliers?told=kept_record"


def _at(many: tuple[str, ...], priority: int) -> str | None:
    return many[priority - 1] if len(many) >= priority else None


def _contacts(form: Sent) -> tuple[Contact, ...]:
    found = []
    for line in form.get("escalation", "").splitlines():
        parts = [part.strip() for part in line.split(";")]
        if len(parts) == 3:
            found.append(parsed(Contact, after=parts[0], name=parts[1], how=parts[2]))
        elif line.strip():
            raise BadInput(
                f"“{line.strip()[:80]}” is no escalation point", mend="write: minutes; name; how to reach them"
            )
    return tuple(found)


async def refer(visit: Visit, form: Sent) -> str:
    draft = parsed(
        ReferralDraft,
        case=text(form, "case"),
        agreement=text(form, "agreement"),
        reference=text(form, "reference", 200),
    )
    by = keeper_of(visit.visitor)
    await run_in_threadpool(lambda: visit.desk.practices.suppliers.refer(draft, by=by))
    return "/suppliers?told=kept_record"


async def move(visit: Visit, form: Sent) -> str:
    desk, by, key = visit.desk.practices.suppliers, keeper_of(visit.visitor), visit.path("id")
    match visit.path("deed"):
        case "answered" | "over" as deed:
            await run_in_threadpool(lambda: desk.move(key, deed, by=by))
        case _:
            raise BadInput("there is no such deed")
    return "/suppliers?told=kept_record"


async def end(visit: Visit, form: Sent) -> str:
    by, key = keeper_of(visit.visitor), visit.path("id")
    await run_in_threadpool(lambda: visit.desk.practices.suppliers.end(key, by=by))
    return "/suppliers?told=kept_record"
