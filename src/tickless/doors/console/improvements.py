"""The improvement register: what is to get better, whose it is, until when, and whether it did."""

from __future__ import annotations

import datetime as dt

from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute

from tickless.domain.errors import BadInput
from tickless.domain.improvement import Counted, ImprovementDraft, MeasurementDraft
from tickless.doors.console.frame import Form as Sent
from tickless.doors.console.frame import Frame, Screen, Visit
from tickless.doors.console.practice_forms import parsed, people_and_services
from tickless.doors.console.sheet import (
    Block,
    Cell,
    Facts,
    Field,
    Form,
    Link,
    Rows,
    Sheet,
    Tag,
    What,
    When,
    at_field,
    choice,
    moment,
    screen,
    story,
    text,
)
from tickless.doors.console.wording import Tone
from tickless.doors.entrance.holding import keeper_of
from tickless.flow.desk.practices.improvements import ImprovementShown

PURPOSE = "What is to get better: whose it is, until when, what was expected of it, and whether that arrived."
VERDICTS: dict[str, tuple[str, Tone]] = {
    "arrived": ("benefit arrived", "good"), "partly": ("partly", "warn"), "not_arrived": ("did not help", "bad"),
    "not_measured": ("not measured", "warn"), "too_soon": ("too soon to say", "info"),
}  # fmt: skip
DEEDS = {"agree": "Agree to it", "begin": "Begin", "finish": "It is done", "drop": "Drop it"}


def routes(frame: Frame) -> list[BaseRoute]:
    return [
        frame.show("/improvements", "read", page),
        frame.deed("/improvements", "own_cases", propose),
        frame.show("/improvements/{id}", "read", one),
        frame.deed("/improvements/{id}/{deed}", "own_cases", do),
    ]


def rows_of(found: list[ImprovementShown], people: dict[str, str]) -> list[tuple[Cell, ...]]:
    """Improvements as rows; problems show theirs the same way."""
    rows: list[tuple[Cell, ...]] = []
    for shown in found:
        it = shown.improvement
        state: Cell = Tag(*VERDICTS[shown.benefit.verdict]) if it.state == "done" else Tag(it.state.replace("_", " "))
        late = Tag("overdue", "bad") if shown.overdue else None
        rows.append((What(Link(it.title, f"/improvements/{it.id}"), (it.id, it.origin)), people.get(it.owner or "", it.owner),
                     When(it.due_at), (state, late) if late else state))  # fmt: skip
    return rows


HEAD = ("Action", "Owner", "Until", "State")


def page(visit: Visit) -> Screen:
    people, services = people_and_services(visit)
    found = visit.desk.practices.improvements.listed()
    going = [one for one in found if one.improvement.state not in {"done", "dropped"}]
    over = [one for one in reversed(found) if one.improvement.state in {"done", "dropped"}]
    blocks: tuple[Block, ...] = (
        Rows("To be done", HEAD, rows_of(going, people), "Nothing is to be done", "Write an action down beside this."),
        Rows("Done, and what came of it", HEAD, rows_of(over, people), "Nothing is done yet"),
    )
    form = propose_form(visit, people, services)
    return screen(Sheet("Improvements", PURPOSE, blocks, (form,) if visit.visitor.may("own_cases") else ()))


def propose_form(
    visit: Visit, people: dict[str, str], services: dict[str, str], *, origin: str = "", service: str = ""
) -> Form:
    """The form that writes an action down; with an origin it is one of that problem or incident."""
    soon = visit.now + dt.timedelta(days=30)
    return Form("A new action", "/improvements", (
        Field("title", "What is done", required=True),
        Field("owner", "Owner", "select", choice(sorted(people.items(), key=lambda pair: pair[1])), required=True),
        Field("due_at", "Until (UTC)", "moment", value=at_field(soon), required=True), Field("why", "Why", "area"),
        Field("origin", "Comes from", "hidden" if origin else "text", value=origin, help="Such as prb-3."),
        Field("service", "Counted: cases of", "select",
              choice(sorted(services.items(), key=lambda pair: pair[1]), none="nothing is counted"), value=service),
        Field("days", "In days", "number", value="28"), Field("expected", "Expected afterwards", "number"),
        Field("measure", "What shows that it helped"), Field("baseline", "Today (where nothing is counted)", "number"),
        Field("unit", "Unit"),
    ), "Write it down")  # fmt: skip


def one(visit: Visit) -> Screen:
    shown = visit.desk.practices.improvements.show(visit.path("id"))
    it, people = shown.improvement, people_and_services(visit)[0]
    measured = [
        (
            When(found.at),
            f"{found.value:g}",
            f"{found.low:g} to {found.high:g}" if found.low is not None else "",
            found.evidence,
        )
        for found in it.measured
    ]
    base = f"/improvements/{it.id}"
    facts = Facts("Facts", (
        ("State", Tag(it.state.replace("_", " "))), ("Benefit", Tag(*VERDICTS[shown.benefit.verdict])),
        ("So far", shown.benefit.words), ("Owner", people.get(it.owner or "", it.owner)), ("Until", When(it.due_at)),
        ("Comes from", it.origin or None), ("Before", f"{it.baseline:g} {it.unit}" if it.baseline is not None else "not known"),
        ("Expected", f"{it.expected:g} {it.unit}" if it.expected is not None else "not said"), ("Shown by", it.measure or None),
    ))  # fmt: skip
    open_ = {
        "proposed": ("agree", "begin", "drop"),
        "agreed": ("begin", "finish", "drop"),
        "under_way": ("finish", "drop"),
    }
    forms: list[Block] = [
        Form(DEEDS[deed], f"{base}/{deed}", (Field("note", "Note"),), DEEDS[deed]) for deed in open_.get(it.state, ())
    ]
    if it.counted is None and it.state == "done":
        forms.append(
            Form(
                "Measure it",
                f"{base}/measure",
                (
                    Field("value", f"Now ({it.unit})", "number", required=True),
                    Field("evidence", "What shows it", required=True),
                ),
                "Keep it",
            )
        )
    blocks = (
        Rows("Measured", ("When", "Value", "95 %", "Evidence"), measured, "Nothing was measured yet"),
        story(it.story, people),
    )
    return screen(Sheet(it.title, f"{it.id}: {PURPOSE}", blocks, (facts, *(forms if visit.visitor.may("own_cases") else ())),
                        crumb=Link("Improvements", "/improvements")))  # fmt: skip


async def propose(visit: Visit, form: Sent) -> str:
    service, need = text(form, "service") or None, text(form, "need") or None
    counted = parsed(Counted, service=service, need=need, days=text(form, "days") or 28) if service or need else None
    draft = parsed(
        ImprovementDraft, title=text(form, "title", 200), owner=text(form, "owner"), due_at=moment(form, "due_at"),
        why=text(form, "why"), origin=text(form, "origin"), service=service, counted=counted, measure=text(form, "measure"),
        unit=text(form, "unit"), baseline=text(form, "baseline") or None, expected=text(form, "expected") or None,
    )  # fmt: skip
    by = keeper_of(visit.visitor)
    made = await run_in_threadpool(lambda: visit.desk.practices.improvements.propose(draft, by=by))
    return f"/improvements/{made.improvement.id}?told=kept_record"


async def do(visit: Visit, form: Sent) -> str:
    desk, by, key, note = (
        visit.desk.practices.improvements,
        keeper_of(visit.visitor),
        visit.path("id"),
        text(form, "note", 1_000),
    )
    match visit.path("deed"):
        case "agree" | "begin" | "finish" | "drop" as deed:
            await run_in_threadpool(lambda: desk.move(key, deed, by=by, note=note))
        case "measure":
            found = parsed(MeasurementDraft, value=text(form, "value"), evidence=text(form, "evidence", 200))
            await run_in_threadpool(lambda: desk.measure(key, found, by=by))
        case _:
            raise BadInput("there is no such deed")
    return f"/improvements/{key}?told=kept_record"
