"""Changes: the calendar, and one change with its risk, its deeds and what came of it."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from starlette.routing import BaseRoute

from tickless.domain.change import Change, ChangeDraft, ChangeResult, Collision
from tickless.domain.record import Record
from tickless.doors.console import changes_standard, practice_pages
from tickless.doors.console import sheet as ui
from tickless.doors.console.changes_calendar import drawn
from tickless.doors.console.changes_words import PARTS, RESULTS, risk_tag, standing
from tickless.doors.console.frame import Frame, Screen, Visit
from tickless.doors.console.practice_pages import Names, Sent, forms, names_in, parsed
from tickless.doors.console.wording import Tone

PURPOSE = "What is altered, how risky that is, who allowed it, and what honestly came of it."
SAID = (("done", "done"), ("backed_out", "backed out"), ("failed", "failed"))
CHECKED = (("", "was not made"), ("passed", "passed"), ("failed", "failed"))
SPEAKS: dict[str, tuple[str, Tone]] = {
    "for": ("speaks for it", "good"), "against": ("speaks against it", "bad"), "neither": ("context", "info"),
}  # fmt: skip


class _Finish(Record):
    said: Literal["done", "backed_out", "failed"]
    checked: Literal["passed", "failed"] | None = None


class _Correct(Record):
    result: ChangeResult


def routes(frame: Frame) -> list[BaseRoute]:
    deeds = {"submit": submit, "begin": begin, "finish": finish, "cancel": cancel, "correct": correct}
    return [
        *changes_standard.routes(frame),
        *practice_pages.pages(frame, "/changes", page, one=one, add=add, deeds=deeds),
    ]


def page(visit: Visit) -> Screen:
    found, names = visit.desk.practices.changes.listed(limit=100), names_in(visit)
    rows = [
        (ui.What(ui.Link(it.title, f"/changes/{it.id}"), (it.id, names.service(it.service), it.kind)),
         ui.When(it.starts_at), risk_tag(it), standing(it))
        for it in found
    ]  # fmt: skip
    table = ui.Rows("Changes", ("Change", "From", "Risk", "State"), rows, "No change is on record",
                    "Raise one here; what deployments tell of is on record by itself.")  # fmt: skip
    blocks: tuple[ui.Block, ...] = (*drawn(visit, names), table)
    return ui.screen(
        ui.Sheet("Changes", PURPOSE, blocks, forms(visit, _raising(visit, names)), tabs=changes_standard.TABS)
    )


def _raising(visit: Visit, names: Names) -> ui.Form:
    standard = visit.desk.practices.changes.standard.listed()
    known = tuple((one.id, one.title) for one in standard if one.state == "authorised")
    begin_at = visit.now + dt.timedelta(days=1)
    return ui.Form("Raise a change", "/changes", (
        ui.Field("title", "What is altered", required=True),
        ui.Field("service", "Service", "select", names.pick_service(), required=True),
        ui.Field("others", "Other services", help="Names, divided by commas."),
        ui.Field("model", "Standard change", "select", (("", "none: it needs an approval"), *known)),
        ui.Field("kind", "Kind", "select", (("normal", "normal"), ("emergency", "emergency"))),
        ui.Field("starts_at", "From (UTC)", "moment", value=ui.at_field(begin_at), required=True),
        ui.Field("ends_at", "Until (UTC)", "moment", value=ui.at_field(begin_at + dt.timedelta(hours=1)), required=True),
        ui.Field("why", "Why", "area"),
        ui.Field("backout", "The way back is", "select", changes_standard.BACKOUTS),
        ui.Field("backout_plan", "The way back", "area"),
        ui.Field("check", "How it is seen that it works", "area"),
    ), "Raise it")  # fmt: skip


def one(visit: Visit) -> Screen:
    shown = visit.desk.practices.changes.show(visit.path("id"))
    change, risk = shown.change, shown.risk
    names = names_in(visit, [change.owner, change.made_by, *(one.by for one in change.story)])
    parts = [
        (PARTS[part.name], f"{part.points:.0f} of {100 * part.weight:.0f}", ui.What(part.words)) for part in risk.parts
    ]
    hits = [(ui.Tag(hit.kind, "bad" if hit.hard else "warn"), _hit(hit), hit.words) for hit in shown.collisions]
    blocks: tuple[ui.Block, ...] = (
        *_outcome(change),
        ui.Rows(f"Risk {risk.score} of 100 ({risk.level})", ("Part", "Points", "Why"), parts),
        ui.Rows("What else is on then", ("Kind", "What", "How they touch"), hits, "Nothing else touches it"),
        ui.story(change.story, names.person),
    )
    purpose = f"{change.id}: what it alters, what that may cost, and what came of it."
    beside: tuple[ui.Block, ...] = (_facts(visit, change, names), *forms(visit, *_deeds(change)))
    return ui.screen(ui.Sheet(change.title, purpose, blocks, beside, crumb=ui.Link("Changes", "/changes")))


def _hit(hit: Collision) -> ui.What:
    at = {"change": f"/changes/{hit.ref}", "maintenance": "/maintenance", "freeze": "/brakes"}[hit.kind]
    return ui.What(ui.Link(hit.title, at), (hit.ref,))


def _facts(visit: Visit, change: Change, names: Names) -> ui.Facts:
    with visit.desk.journal.read() as tx:
        case = tx.cases.get(change.case or "")
        runs = [found for key in change.runs if (found := tx.cases.get(key)) is not None]
    return ui.Facts("Facts", ui.said((
        ("State", standing(change)), ("Kind", change.kind),
        ("Services", tuple(ui.Link(names.service(key), f"/map?focus={key}") for key in change.services)),
        ("From", ui.When(change.starts_at)), ("Until", ui.When(change.ends_at)),
        ("Owner", names.person(change.owner)), ("Why", change.why),
        ("Way back", f"{change.backout}. {change.backout_plan}".strip()), ("Check", change.check),
        ("Standard change", change.model), ("Told by", change.source),
        ("Approval", ui.Link(f"case {case.number}", f"/cases/{case.number}") if case else None),
        ("Made by runs of", tuple(ui.Link(f"case {found.number}", f"/cases/{found.number}") for found in runs)),
    )))  # fmt: skip


def _outcome(change: Change) -> tuple[ui.Rows, ...]:
    outcome = change.outcome
    if outcome is None:
        return ()
    rows = [(ui.Tag(*SPEAKS[it.speaks]), ui.What(it.words), ui.When(it.at)) for it in outcome.evidence]
    over = "" if change.state == "closed" else " so far"
    title = f"Outcome{over}: {RESULTS[outcome.result][0]}"
    if change.correction is not None:
        title += f", corrected to {RESULTS[change.correction.result][0]}"
    return (ui.Rows(title, ("Says", "What happened", "When"), rows, "Nothing has happened"),)


def _deeds(change: Change) -> tuple[ui.Form, ...]:
    if change.source:
        return ()
    base, why = f"/changes/{change.id}", ui.Field("reason", "Why", required=True)
    cancelling = ui.Form("Not made", f"{base}/cancel", (why,), "Cancel it")
    match change.state:
        case "draft" | "rejected":
            note = "Whoever wrote it does not approve it."
            return ui.Form("Ask for it", f"{base}/submit", (), "Submit", note), cancelling
        case "approved" | "asked":
            runs = ui.Field("runs", "Cases whose runs make it", help="Numbers; their verdicts are its check.")
            return ui.Form("Make it", f"{base}/begin", (runs,), "Begin"), cancelling
        case "under_way":
            said, checked = (
                ui.Field("said", "It is", "select", SAID),
                ui.Field("checked", "Its check", "select", CHECKED),
            )
            return (
                ui.Form("It is over", f"{base}/finish", (said, checked, ui.Field("note", "Note", "area")), "Finish"),
            )
        case "closed":
            result = ui.Field("result", "Outcome", "select", tuple((key, label) for key, (label, _) in RESULTS.items()))
            shows = ui.Field("reason", "What shows it", "area", required=True)
            note = "What was computed stays."
            return (ui.Form("The outcome is wrong", f"{base}/correct", (result, shows), "Correct it", note),)
    return ()


def add(sent: Sent) -> str:
    draft = parsed(
        ChangeDraft, title=sent.text("title", 200), services=(sent.text("service"), *sent.listed("others")),
        kind=sent.text("kind") or "normal", starts_at=sent.moment("starts_at"), ends_at=sent.moment("ends_at"),
        why=sent.text("why"), backout=sent.text("backout") or "none", backout_plan=sent.text("backout_plan"),
        check=sent.text("check"), model=sent.maybe("model"),
    )  # fmt: skip
    return f"/changes/{sent.desk.changes.raise_change(draft, by=sent.by).change.id}"


def submit(sent: Sent) -> str:
    return f"/changes/{sent.desk.changes.submit(sent.key, by=sent.by).id}"


def begin(sent: Sent) -> str:
    return f"/changes/{sent.desk.changes.begin(sent.key, by=sent.by, runs=sent.listed('runs')).id}"


def finish(sent: Sent) -> str:
    given = parsed(_Finish, said=sent.text("said"), checked=sent.maybe("checked"))
    done = sent.desk.changes.finish(
        sent.key, said=given.said, checked=given.checked, note=sent.text("note"), by=sent.by
    )
    return f"/changes/{done.id}"


def cancel(sent: Sent) -> str:
    return f"/changes/{sent.desk.changes.cancel(sent.key, reason=sent.text('reason', 1_000), by=sent.by).id}"


def correct(sent: Sent) -> str:
    result = parsed(_Correct, result=sent.text("result")).result
    return f"/changes/{sent.desk.changes.correct(sent.key, result, reason=sent.text('reason', 1_000), by=sent.by).id}"
