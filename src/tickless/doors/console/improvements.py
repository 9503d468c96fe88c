"""The improvement register: what is to get better, whose it is, until when, and whether it did."""

from __future__ import annotations

import datetime as dt
from functools import partial

from starlette.routing import BaseRoute

from tickless.domain.improvement import Counted, Improvement, ImprovementDraft, ImprovementEdit, MeasurementDraft
from tickless.doors.console import sheet as ui
from tickless.doors.console.frame import Frame, Screen, Visit
from tickless.doors.console.practice_pages import Deed, Names, Sent, forms, names_in, pages, parsed
from tickless.doors.console.wording import Tone
from tickless.flow.desk.practices.improvements import Deed as Step
from tickless.flow.desk.practices.improvements import ImprovementShown

PURPOSE = "What is to get better: whose it is, until when, what was expected of it, and whether that arrived."
VERDICTS: dict[str, tuple[str, Tone]] = {
    "arrived": ("benefit arrived", "good"), "partly": ("partly", "warn"), "not_arrived": ("did not help", "bad"),
    "not_measured": ("not measured", "warn"), "too_soon": ("too soon to say", "info"),
}  # fmt: skip
STEPS: dict[Step, str] = {"agree": "Agree to it", "begin": "Begin", "finish": "It is done", "drop": "Drop it"}
OPEN: dict[str, tuple[Step, ...]] = {
    "proposed": ("agree", "begin", "drop"), "agreed": ("begin", "finish", "drop"), "under_way": ("finish", "drop"),
}  # fmt: skip
HEAD = ("Action", "Owner", "Until", "State")


def routes(frame: Frame) -> list[BaseRoute]:
    steps: dict[str, Deed] = {step: partial(move, step=step) for step in STEPS}
    return pages(frame, "/improvements", page, one=one, add=add, deeds={**steps, "measure": measure, "edit": edit})


def rows_of(found: list[ImprovementShown], names: Names) -> list[tuple[ui.Cell, ...]]:
    """Improvements as rows; problems show theirs the same way."""
    rows: list[tuple[ui.Cell, ...]] = []
    for shown in found:
        it = shown.improvement
        state = ui.Tag(*VERDICTS[shown.benefit.verdict]) if it.state == "done" else ui.Tag(it.state.replace("_", " "))
        late = ui.Tag("overdue", "bad") if shown.overdue else None
        rows.append((ui.What(ui.Link(it.title, f"/improvements/{it.id}"), (it.id, it.origin)), names.person(it.owner),
                     ui.When(it.due_at), (state, late) if late else state))  # fmt: skip
    return rows


def page(visit: Visit) -> Screen:
    found = visit.desk.practices.improvements.listed()
    names = names_in(visit, [one.improvement.owner for one in found])
    going = [one for one in found if one.improvement.state not in {"done", "dropped"}]
    over = [one for one in reversed(found) if one.improvement.state in {"done", "dropped"}]
    blocks: tuple[ui.Block, ...] = (
        ui.Rows(
            "To be done", HEAD, rows_of(going, names), "Nothing is to be done", "Write an action down beside this."
        ),
        ui.Rows("Done, and what came of it", HEAD, rows_of(over, names), "Nothing is done yet"),
    )
    return ui.screen(ui.Sheet("Improvements", PURPOSE, blocks, forms(visit, propose_form(visit, names))))


def propose_form(visit: Visit, names: Names, *, origin: str = "", service: str = "") -> ui.Form:
    """The form that writes an action down; with an origin it is one of that problem or incident."""
    soon = visit.now + dt.timedelta(days=30)
    return ui.Form("A new action", "/improvements", (
        ui.Field("title", "What is done", required=True),
        ui.Field("owner", "Owner", "select", names.pick_person(), required=True),
        ui.Field("due_at", "Until (UTC)", "moment", value=ui.at_field(soon), required=True), ui.Field("why", "Why", "area"),
        ui.Field("origin", "Comes from", "hidden" if origin else "text", value=origin, help="Such as prb-3."),
        ui.Field("service", "Counted: cases of", "select", names.pick_service("nothing is counted"), value=service),
        ui.Field("days", "In days", "number", value="28"), ui.Field("expected", "Expected afterwards", "number"),
        ui.Field("measure", "What shows that it helped"),
        ui.Field("baseline", "Today (where nothing is counted)", "number"), ui.Field("unit", "Unit"),
    ), "Write it down")  # fmt: skip


def one(visit: Visit) -> Screen:
    shown = visit.desk.practices.improvements.show(visit.path("id"))
    it = shown.improvement
    names = names_in(visit, [it.owner, *(event.by for event in it.story)])
    measured = [
        (ui.When(found.at), f"{found.value:g}", f"{found.low:g} to {found.high:g}" if found.low is not None else "",
         found.evidence)
        for found in it.measured
    ]  # fmt: skip
    blocks: tuple[ui.Block, ...] = (
        ui.Rows("Measured", ("When", "Value", "95 %", "Evidence"), measured, "Nothing was measured yet"),
        ui.story(it.story, names.person),
    )
    beside: tuple[ui.Block, ...] = (_facts(shown, names), *forms(visit, *_forms(it, names)))
    crumb = ui.Link("Improvements", "/improvements")
    return ui.screen(ui.Sheet(it.title, f"{it.id}: {PURPOSE}", blocks, beside, crumb=crumb))


def _facts(shown: ImprovementShown, names: Names) -> ui.Facts:
    it = shown.improvement
    origin = ui.Link(it.origin, f"/problems/{it.origin}") if it.origin.startswith("prb-") else it.origin
    return ui.Facts("Facts", ui.said((
        ("State", ui.Tag(it.state.replace("_", " "))), ("Benefit", ui.Tag(*VERDICTS[shown.benefit.verdict])),
        ("So far", shown.benefit.words), ("Owner", names.person(it.owner)), ("Until", ui.When(it.due_at)),
        ("Comes from", origin), ("Before", f"{it.baseline:g} {it.unit}" if it.baseline is not None else "not known"),
        ("Expected", f"{it.expected:g} {it.unit}" if it.expected is not None else "not said"), ("Shown by", it.measure),
    )))  # fmt: skip


def _forms(it: Improvement, names: Names) -> list[ui.Form]:
    base, note = f"/improvements/{it.id}", ui.Field("note", "Note")
    found = [ui.Form(STEPS[step], f"{base}/{step}", (note,), STEPS[step]) for step in OPEN.get(it.state, ())]
    if it.state not in {"done", "dropped"}:
        given = (
            ui.Field("title", "What is done", value=it.title, required=True),
            ui.Field("owner", "Owner", "select", names.pick_person(), value=it.owner or "", required=True),
            ui.Field("due_at", "Until (UTC)", "moment", value=ui.at_field(it.due_at), required=True),
            ui.Field("why", "Why", "area", value=it.why),
        )
        found.append(ui.Form("Put it right", f"{base}/edit", given, "Keep it"))
    if it.counted is None and it.state == "done":
        fields = (
            ui.Field("value", f"Now ({it.unit})", "number", required=True),
            ui.Field("evidence", "What shows it", required=True),
        )
        found.append(ui.Form("Measure it", f"{base}/measure", fields, "Keep it"))
    return found


def edit(sent: Sent) -> str:
    given = parsed(ImprovementEdit, title=sent.text("title", 200), owner=sent.text("owner"), due_at=sent.moment("due_at"),
                   why=sent.text("why"))  # fmt: skip
    sent.desk.improvements.edit(sent.key, given, by=sent.by)
    return f"/improvements/{sent.key}"


def add(sent: Sent) -> str:
    service, need = sent.maybe("service"), sent.maybe("need")
    counted = parsed(Counted, service=service, need=need, days=sent.text("days") or 28) if service or need else None
    draft = parsed(
        ImprovementDraft, title=sent.text("title", 200), owner=sent.text("owner"), due_at=sent.moment("due_at"),
        why=sent.text("why"), origin=sent.text("origin"), service=service, counted=counted, measure=sent.text("measure"),
        unit=sent.text("unit"), baseline=sent.maybe("baseline"), expected=sent.maybe("expected"),
    )  # fmt: skip
    return f"/improvements/{sent.desk.improvements.propose(draft, by=sent.by).improvement.id}"


def move(sent: Sent, *, step: Step) -> str:
    sent.desk.improvements.move(sent.key, step, by=sent.by, note=sent.text("note", 1_000))
    return f"/improvements/{sent.key}"


def measure(sent: Sent) -> str:
    found = parsed(MeasurementDraft, value=sent.text("value"), evidence=sent.text("evidence", 200))
    sent.desk.improvements.measure(sent.key, found, by=sent.by)
    return f"/improvements/{sent.key}"
