"""Suppliers: agreements, cases that are with them with their clocks, contracts to decide about, what hangs on whom."""

from __future__ import annotations

from functools import partial
from typing import Literal

from starlette.routing import BaseRoute

from tickless.domain.errors import BadInput
from tickless.domain.supplier import Agreement, AgreementDraft, Contact, ReferralDraft, Target
from tickless.doors.console import sheet as ui
from tickless.doors.console.frame import Frame, Screen, Visit
from tickless.doors.console.practice_pages import Deed, Names, Sent, forms, names_in, pages, parsed
from tickless.flow.desk.practices.suppliers import ReferralShown
from tickless.practices.suppliers.core import decide_by

PURPOSE = "Who provides what by which agreement, what is with them now and until when, and what hangs on whom."
STATES = {"waiting": "waits for an answer", "answered": "answered", "over": "over"}
Step = Literal["answered", "over"]
LABELS: dict[Step, str] = {"answered": "They answered", "over": "It is over"}
OPEN: dict[str, tuple[Step, ...]] = {"waiting": ("answered", "over"), "answered": ("over",), "over": ()}


def routes(frame: Frame) -> list[BaseRoute]:
    steps: dict[str, Deed] = {step: partial(move, step=step) for step in LABELS}
    return [
        *pages(frame, "/suppliers/referrals", add=refer, deeds=steps),
        *pages(frame, "/suppliers", page, add=keep, deeds={"end": end}),
    ]


def page(visit: Visit) -> Screen:
    desk, names = visit.desk.practices.suppliers, names_in(visit)
    parties = {one.id: one.name for one in desk.suppliers()}
    known = [one for one in desk.agreements() if one.state == "active"]
    decide = [(ui.What(one.title), parties.get(one.party, one.party), str(decide_by(one))) for one in desk.to_decide()]
    hangs = [(parties.get(key, key), ui.What(names.services_of(many))) for key, many in desk.concentration().items()]
    blocks = (
        ui.Rows("Cases that are with them", ("Case", "With", "State", "Answer by", "Works by", ""),
                [referral_row(one, parties) for one in desk.referrals()[:40]], "No case is with others"),
        ui.Rows("Agreements", ("Agreement", "With", "Support window", "Escalation", "Ends", ""),
                [_agreement_row(one, names, parties) for one in known], "There is no agreement"),
        ui.Rows("To decide about", ("Agreement", "With", "By"), decide, "Nothing is to be decided within a month"),
        ui.Rows("Critical services by supplier", ("Supplier", "Services"), hangs, "No critical service hangs on a supplier"),
    )  # fmt: skip
    return ui.screen(ui.Sheet("Suppliers", PURPOSE, blocks, forms(visit, *_forms(visit, known, parties))))


def _agreement_row(one: Agreement, names: Names, parties: dict[str, str]) -> tuple[ui.Cell, ...]:
    points = tuple(f"after {point.after} min: {point.name}, {point.how}" for point in one.escalation)
    return (
        ui.What(one.title, (one.id, one.kind, names.services_of(one.services))), parties.get(one.party, one.party),
        one.hours or "always", ui.What("", points) if points else None,
        f"decide by {decide_by(one)}" if decide_by(one) else "no end",
        ui.Deed("End it", f"/suppliers/{one.id}/end", (), one.title),
    )  # fmt: skip


def referral_row(shown: ReferralShown, parties: dict[str, str]) -> tuple[ui.Cell, ...]:
    """A case that is with somebody else; case pages show theirs the same way."""
    it = shown.referral
    contacts = tuple(f"{one.name}: {one.how}" for one in shown.contacts)
    clocks = [(ui.When(at) if at else None, ui.Tag("late", "bad") if name in shown.late else None)
              for name, at in (("respond", it.respond_by), ("resolve", it.resolve_by))]  # fmt: skip
    deeds = tuple(ui.Deed(LABELS[step], f"/suppliers/referrals/{it.id}/{step}", (), it.id) for step in OPEN[it.state])
    return (
        ui.What(ui.Link(f"#{it.number}", f"/cases/{it.number}"), (it.id, it.reference, *contacts)),
        parties.get(it.party, it.party), ui.Tag(STATES[it.state], "bad" if shown.late else "info"),
        *(tuple(cell for cell in clock if cell) or None for clock in clocks), deeds or None,
    )  # fmt: skip


def _forms(visit: Visit, known: list[Agreement], parties: dict[str, str]) -> tuple[ui.Form, ...]:
    active = tuple((one.id, f"{one.title} ({parties.get(one.party, one.party)})") for one in known)
    return (
        ui.Form("Give a case to them", "/suppliers/referrals", (
            ui.Field("case", "Case number", "number", value=visit.asked("case") or "", required=True),
            ui.Field("agreement", "By", "select", active, required=True), ui.Field("reference", "Their number"),
        ), "Give it"),
        ui.Form("A new agreement", "/suppliers", (
            ui.Field("title", "Title", required=True), ui.Field("party", "Supplier, or team", required=True),
            ui.Field("agreed", "It is", "select", (("contract", "a contract"), ("ola", "an operational level agreement"))),
            ui.Field("services", "Services", help="Names, divided by commas; empty: all of theirs."),
            ui.Field("hours", "Support window", help="Such as Mon-Fri 08:00-18:00 Europe/Berlin; empty: always."),
            ui.Field("respond", "Answer in minutes, by priority", help="Priorities 1 to 4, such as 30, 60, 240, 480."),
            ui.Field("resolve", "Works in minutes, by priority"),
            ui.Field("escalation", "Escalation points, one a line", "area", help="Minutes; name; how to reach them."),
            ui.Field("ends_on", "Ends on", "date"), ui.Field("notice_days", "Days of notice", "number", value="0"),
        ), "Write it down"),
    )  # fmt: skip


def keep(sent: Sent) -> str:
    draft = parsed(
        AgreementDraft, title=sent.text("title", 200), kind=sent.text("agreed") or "contract", party=sent.text("party", 200),
        services=sent.listed("services"), hours=sent.text("hours", 200), targets=_targets(sent), escalation=_contacts(sent),
        ends_on=sent.maybe("ends_on"), notice_days=sent.text("notice_days") or 0,
    )  # fmt: skip
    sent.desk.suppliers.keep(draft, by=sent.by)
    return "/suppliers"


def _targets(sent: Sent) -> tuple[Target, ...]:
    respond, resolve = sent.listed("respond"), sent.listed("resolve")

    def at(many: tuple[str, ...], priority: int) -> str | None:
        return many[priority - 1] if len(many) >= priority else None

    asked = [(priority, at(respond, priority), at(resolve, priority)) for priority in (1, 2, 3, 4)]
    return tuple(parsed(Target, priority=which, respond=one, resolve=two) for which, one, two in asked if one or two)


def _contacts(sent: Sent) -> tuple[Contact, ...]:
    found = []
    for line in sent.lines("escalation"):
        parts = [part.strip() for part in line.split(";")]
        if len(parts) != 3:
            raise BadInput(f"“{line[:80]}” is no escalation point", mend="write: minutes; name; how to reach them")
        found.append(parsed(Contact, after=parts[0], name=parts[1], how=parts[2]))
    return tuple(found)


def refer(sent: Sent) -> str:
    draft = parsed(ReferralDraft, case=sent.text("case"), agreement=sent.text("agreement"),
                   reference=sent.text("reference", 200))  # fmt: skip
    sent.desk.suppliers.refer(draft, by=sent.by)
    return "/suppliers"


def move(sent: Sent, *, step: Step) -> str:
    sent.desk.suppliers.move(sent.key, step, by=sent.by)
    return "/suppliers"


def end(sent: Sent) -> str:
    sent.desk.suppliers.end(sent.key, by=sent.by)
    return "/suppliers"
