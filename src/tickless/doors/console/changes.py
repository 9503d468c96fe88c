"""Changes: the calendar, one change with its risk and what came of it, standard changes."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute

from tickless.domain.change import Change, ChangeDraft, ChangeModel, ChangeResult, ModelDraft
from tickless.domain.record import Record
from tickless.doors.console.book import names_of
from tickless.doors.console.changes_picture import Bar, calendar_picture
from tickless.doors.console.frame import Form as Sent
from tickless.doors.console.frame import Frame, Screen, Visit
from tickless.doors.console.practice_forms import parsed, people_and_services
from tickless.doors.console.sheet import (
    Block,
    Cell,
    Deed,
    Facts,
    Field,
    Form,
    Link,
    Picture,
    Rows,
    Sheet,
    Tag,
    What,
    When,
    at_field,
    choice,
    listed,
    moment,
    screen,
    story,
    text,
)
from tickless.doors.console.wording import Tone
from tickless.doors.entrance.holding import keeper_of

TABS = (("/changes", "Changes"), ("/changes/standard", "Standard changes"))
DAYS = 14
STATES: dict[str, tuple[str, Tone]] = {
    "draft": ("draft", "info"), "asked": ("waits for approval", "warn"), "approved": ("approved", "good"),
    "rejected": ("rejected", "bad"), "under_way": ("being made", "info"), "watched": ("watched", "info"),
    "closed": ("closed", "good"), "cancelled": ("cancelled", "warn"),
}  # fmt: skip
RESULTS: dict[str, tuple[str, Tone]] = {
    "success": ("success", "good"), "degraded": ("degraded", "warn"), "backed_out": ("backed out", "bad"),
    "failed": ("failed", "bad"), "unknown": ("unknown", "warn"),
}  # fmt: skip
PARTS = {"blast_radius": "Blast radius", "reversibility": "Reversibility", "timing": "Timing",
         "dependencies": "Dependencies", "maturity": "Maturity"}  # fmt: skip
BACKOUTS = (("written", "written down"), ("tested", "written down and tried"), ("none", "there is none"))


class _Finish(Record):
    said: Literal["done", "backed_out", "failed"]
    checked: Literal["passed", "failed"] | None = None


class _Correct(Record):
    result: ChangeResult


def routes(frame: Frame) -> list[BaseRoute]:
    return [
        frame.show("/changes", "read", page),
        frame.show("/changes/standard", "read", models),
        frame.deed("/changes/standard", "own_cases", authorise),
        frame.deed("/changes", "own_cases", raise_change),
        frame.show("/changes/{id}", "read", one),
        frame.deed("/changes/{id}/{deed}", "own_cases", do),
    ]


def page(visit: Visit) -> Screen:
    desk, since = visit.desk.practices.changes, visit.now.replace(hour=0, minute=0, second=0, microsecond=0)
    since -= dt.timedelta(days=3)
    coming = desk.between(since, since + dt.timedelta(days=DAYS))
    found = desk.listed(limit=100)
    people, services = people_and_services(visit)
    bars = [
        Bar(
            f"{one.id} {one.title}",
            one.starts_at,
            one.ends_at,
            _tone(one),
            f"{one.id} {one.title}: {_standing(one).label}",
        )
        for one in coming[:40]
    ]
    blocks: list[Block] = []
    if bars:
        lines = tuple(
            f"{one.starts_at:%a %d %b %H:%M} to {one.ends_at:%H:%M} UTC: {one.id} {one.title}" for one in coming[:40]
        )
        picture = calendar_picture(bars, since=since, days=DAYS, now=visit.now)
        blocks.append(Picture("Calendar", picture, lines))
    rows = [
        (
            What(Link(one.title, f"/changes/{one.id}"), (one.id, services.get(one.service or "", one.service or ""), one.kind)),
            When(one.starts_at), _risk(one), _standing(one),
        )
        for one in found
    ]  # fmt: skip
    blocks.append(Rows("Changes", ("Change", "From", "Risk", "State"), rows, "No change is on record",
                       "Raise one here; what deployments tell of is on record by itself."))  # fmt: skip
    return screen(Sheet("Changes", "What is altered, how risky that is, who allowed it, and what honestly came of it.",
                        tuple(blocks), _raising(visit, people, services), tabs=TABS))  # fmt: skip


def _raising(visit: Visit, people: dict[str, str], services: dict[str, str]) -> tuple[Block, ...]:
    if not visit.visitor.may("own_cases"):
        return ()
    known = [(one.id, one.title) for one in visit.desk.practices.changes.models() if one.state == "authorised"]
    begin = visit.now + dt.timedelta(days=1)
    fields = (
        Field("title", "What is altered", required=True),
        Field(
            "service", "Service", "select", choice(sorted(services.items(), key=lambda pair: pair[1])), required=True
        ),
        Field("others", "Other services", help="Names, divided by commas."),
        Field("model", "Standard change", "select", choice(known, none="none: it needs an approval")),
        Field("kind", "Kind", "select", (("normal", "normal"), ("emergency", "emergency"))),
        Field("starts_at", "From (UTC)", "moment", value=at_field(begin), required=True),
        Field("ends_at", "Until (UTC)", "moment", value=at_field(begin + dt.timedelta(hours=1)), required=True),
        Field("why", "Why", "area"),
        Field("backout", "The way back is", "select", BACKOUTS),
        Field("backout_plan", "The way back", "area"),
        Field("check", "How it is seen that it works", "area"),
    )
    return (Form("Raise a change", "/changes", fields, "Raise it"),)


def one(visit: Visit) -> Screen:
    shown = visit.desk.practices.changes.show(visit.path("id"))
    change, risk = shown.change, shown.risk
    with visit.desk.journal.read() as tx:
        names = names_of(
            tx, people=[change.owner, change.made_by, *(one.by for one in change.story)], services=change.services
        )
        case = tx.cases.get(change.case or "")
        runs = [found for key in change.runs if (found := tx.cases.get(key)) is not None]
    pairs: list[tuple[str, Cell]] = [
        ("State", _standing(change)), ("Kind", change.kind),
        ("Services", tuple(Link(names.get(key, key), f"/map?focus={key}") for key in change.services)),
        ("From", When(change.starts_at)), ("Until", When(change.ends_at)),
        ("Owner", names.get(change.owner or "", change.owner or "")), ("Why", change.why or None),
        ("Way back", f"{change.backout}. {change.backout_plan}".strip()), ("Check", change.check or None),
        ("Standard change", change.model), ("Told by", change.source or None),
        ("Approval", Link(f"case {case.number}", f"/cases/{case.number}") if case else None),
        ("Made by runs of", tuple(Link(f"case {found.number}", f"/cases/{found.number}") for found in runs) or None),
    ]  # fmt: skip
    blocks: list[Block] = []
    if change.outcome is not None:
        blocks.append(_outcome(change))
    blocks.append(Rows(f"Risk {risk.score} of 100 ({risk.level})", ("Part", "Points", "Why"),
                       [(PARTS[part.name], f"{part.points:.0f} of {100 * part.weight:.0f}", What(part.words))
                        for part in risk.parts]))  # fmt: skip
    hits = [
        (Tag(hit.kind, "bad" if hit.hard else "warn"), What(hit.title, (hit.ref,)), hit.words)
        for hit in shown.collisions
    ]
    blocks.append(Rows("What else is on then", ("Kind", "What", "How they touch"), hits, "Nothing else touches it"))
    blocks.append(story(change.story, names))
    shown_pairs = tuple(pair for pair in pairs if pair[1] not in (None, ""))
    beside = (Facts("Facts", shown_pairs), *_deeds(visit, change))
    return screen(Sheet(change.title, f"{change.id}: what it alters, what that may cost, and what came of it.", tuple(blocks),
                        beside, crumb=Link("Changes", "/changes")))  # fmt: skip


def _outcome(change: Change) -> Rows:
    outcome = change.outcome
    assert outcome is not None
    tones: dict[str, Tone] = {"for": "good", "against": "bad", "neither": "info"}
    labels = {"for": "speaks for it", "against": "speaks against it", "neither": "context"}
    rows = [(Tag(labels[one.speaks], tones[one.speaks]), What(one.words), When(one.at)) for one in outcome.evidence]
    over = "" if change.state == "closed" else " so far"
    title = f"Outcome{over}: {RESULTS[outcome.result][0]}"
    if change.correction is not None:
        title += f", corrected to {RESULTS[change.correction.result][0]}"
    return Rows(title, ("Says", "What happened", "When"), rows, "Nothing has happened")


def _deeds(visit: Visit, change: Change) -> tuple[Block, ...]:
    if change.source or not visit.visitor.may("own_cases"):
        return ()
    base, note = f"/changes/{change.id}", Field("note", "Note", "area")
    cancel = Form("Not made", f"{base}/cancel", (Field("reason", "Why", required=True),), "Cancel it")
    match change.state:
        case "draft" | "rejected":
            return (Form("Ask for it", f"{base}/submit", (), "Submit", "Whoever wrote it does not approve it."), cancel)
        case "approved" | "asked":
            runs = Field("runs", "Cases whose runs make it", help="Numbers; their verdicts are its check.")
            return (Form("Make it", f"{base}/begin", (runs,), "Begin"), cancel)
        case "under_way":
            said = Field(
                "said", "It is", "select", (("done", "done"), ("backed_out", "backed out"), ("failed", "failed"))
            )
            check = Field(
                "checked",
                "Its check",
                "select",
                choice([("passed", "passed"), ("failed", "failed")], none="was not made"),
            )
            return (Form("It is over", f"{base}/finish", (said, check, note), "Finish"),)
        case "closed":
            result = Field("result", "Outcome", "select", tuple((key, label) for key, (label, _) in RESULTS.items()))
            why = Field("reason", "What shows it", "area", required=True)
            return (
                Form(
                    "The outcome is wrong", f"{base}/correct", (result, why), "Correct it", "What was computed stays."
                ),
            )
    return ()


def models(visit: Visit) -> Screen:
    _, services = people_and_services(visit)
    rows = [_model_row(one, services) for one in visit.desk.practices.changes.models()]
    fields = (
        Field("title", "What is always done the same way", required=True),
        Field("services", "At which services", help="Names, divided by commas; empty: at any."),
        Field("most_risk", "Highest risk", "number", value="45"),
        Field("backout", "The way back is", "select", BACKOUTS[:2]),
        Field("backout_plan", "The way back", "area", required=True),
        Field("check", "How it is seen that it works", "area"),
    )
    form = Form("Pre-authorise a change", "/changes/standard", fields, "Authorise")
    table = Rows("Standard changes", ("Change", "Highest risk", "State", ""), rows, "No change is pre-authorised",
                 "What is low in risk and done the same way each time need not wait for anybody.")  # fmt: skip
    return screen(Sheet("Standard changes", "Changes that are allowed beforehand, as long as what comes of them is good.",
                        (table,), (form,) if visit.visitor.may("own_cases") else (), tabs=TABS))  # fmt: skip


def _model_row(one: ChangeModel, services: dict[str, str]) -> tuple[Cell, ...]:
    where = ", ".join(services.get(key, key) for key in one.services) or "any service"
    tone: Tone = "good" if one.state == "authorised" else "bad"
    retire = Deed("Retire", f"/changes/{one.id}/retire", (("reason", "not needed any more"),), one.title)
    return (What(one.title, (one.id, where)), str(one.most_risk), Tag(one.state, tone, one.suspended_why),
            retire if one.state != "retired" else None)  # fmt: skip


async def raise_change(visit: Visit, form: Sent) -> str:
    draft = parsed(
        ChangeDraft,
        title=text(form, "title", 200), services=(text(form, "service"), *listed(form, "others")),
        kind=text(form, "kind") or "normal", starts_at=moment(form, "starts_at"), ends_at=moment(form, "ends_at"),
        why=text(form, "why"), backout=text(form, "backout") or "none", backout_plan=text(form, "backout_plan"),
        check=text(form, "check"), model=text(form, "model") or None,
    )  # fmt: skip
    by = keeper_of(visit.visitor)
    made = await run_in_threadpool(lambda: visit.desk.practices.changes.raise_change(draft, by=by))
    return f"/changes/{made.change.id}?told=kept_record"


async def authorise(visit: Visit, form: Sent) -> str:
    draft = parsed(
        ModelDraft, title=text(form, "title", 200), services=listed(form, "services"), most_risk=text(form, "most_risk") or 45,
        backout=text(form, "backout") or "written", backout_plan=text(form, "backout_plan"), check=text(form, "check"),
    )  # fmt: skip
    by = keeper_of(visit.visitor)
    await run_in_threadpool(lambda: visit.desk.practices.changes.authorise(draft, by=by))
    return "/changes/standard?told=kept_record"


async def do(visit: Visit, form: Sent) -> str:
    """One of the deeds about a change, or about a standard change."""
    desk, by, key = visit.desk.practices.changes, keeper_of(visit.visitor), visit.path("id")
    reason = text(form, "reason", 1_000)
    match visit.path("deed"):
        case "submit":
            await run_in_threadpool(lambda: desk.submit(key, by=by))
        case "begin":
            await run_in_threadpool(lambda: desk.begin(key, by=by, runs=listed(form, "runs")))
        case "finish":
            given = parsed(_Finish, said=text(form, "said"), checked=text(form, "checked") or None)
            await run_in_threadpool(
                lambda: desk.finish(key, said=given.said, checked=given.checked, note=text(form, "note"), by=by)
            )
        case "cancel":
            await run_in_threadpool(lambda: desk.cancel(key, reason=reason, by=by))
        case "correct":
            result: ChangeResult = parsed(_Correct, result=text(form, "result")).result
            await run_in_threadpool(lambda: desk.correct(key, result, reason=reason, by=by))
        case "retire":
            await run_in_threadpool(lambda: desk.retire(key, reason=reason, by=by))
            return "/changes/standard?told=kept_record"
    return f"/changes/{key}?told=kept_record"


def _standing(change: Change) -> Tag:
    if change.result is not None and change.state == "closed":
        return Tag(*RESULTS[change.result])
    return Tag(*STATES[change.state])


def _tone(change: Change) -> str:
    return RESULTS[change.result][1] if change.result else STATES[change.state][1]


def _risk(change: Change) -> Cell:
    if change.risk is None:
        return None
    tones: dict[str, Tone] = {"low": "good", "medium": "warn", "high": "bad"}
    return Tag(f"{change.risk.score} {change.risk.level}", tones[change.risk.level])
