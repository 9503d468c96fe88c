"""On-call: who it is, schedules with their shifts, gaps and load, and pages."""

from __future__ import annotations

import datetime as dt

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from tickless.domain.errors import TicklessError
from tickless.domain.oncall import Layer, OverrideDraft, PageOut, ScheduleDraft
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
from tickless.practices.known.calendar import MEDIA_TYPE

PURPOSE = "Who is called when, what everybody carries, and who was called for what until somebody had it."
STATES: dict[str, tuple[str, Tone]] = {
    "calling": ("calling", "bad"), "acknowledged": ("somebody has it", "good"), "unanswered": ("nobody answered", "bad"),
    "over": ("over", "info"),
}  # fmt: skip
DAYS = 14


def routes(frame: Frame) -> list[BaseRoute]:
    return [
        frame.show("/on-call", "read", page),
        frame.deed("/on-call", "own_cases", add),
        frame.show("/on-call/pages/{id}", "own_cases", paged),
        frame.deed("/on-call/pages/{id}/acknowledge", "own_cases", acknowledge),
        _calendar(frame),
        frame.show("/on-call/{id}", "read", one),
        frame.deed("/on-call/{id}/{deed}", "own_cases", do),
    ]


def page(visit: Visit) -> Screen:
    desk = visit.desk.practices.on_call
    people, services = people_and_services(visit)
    who = {**people, **_everybody(visit)}
    rows = [
        (
            What(
                Link(one.title, f"/on-call/{one.id}"),
                (one.id, ", ".join(services.get(key, key) for key in one.services) or "the rest"),
            ),
            who.get(person or "", person) if person else Tag("nobody", "bad"),
            one.zone,
        )
        for one, person in desk.who()
    ]
    pages = [_page_row(one, who) for one in desk.pages.listed()[:40]]
    blocks: tuple[Block, ...] = (
        Rows(
            "On call now", ("Schedule", "Who", "Clocks of"), rows, "There is no schedule", "Write one down beside this."
        ),
        Rows("Pages", ("For", "Called", "State", "When", ""), pages, "Nobody was called"),
    )
    today = visit.now.date().isoformat()
    form = Form(
        "A new schedule",
        "/on-call",
        (
            Field("title", "Title", required=True),
            Field("services", "Services", help="Names, divided by commas; empty: all others."),
            Field("people", "People in turns", required=True, help="User names, in order, divided by commas."),
            Field("zone", "Time zone", value="UTC", required=True),
            Field("first_day", "First day", "date", value=today, required=True),
            Field("days", "Days of a turn", "number", value="7"),
            Field("at", "Turns change at", value="09:00"),
            Field("hours", "Only in these hours", help="Such as Mon-Fri 18:00-08:00; empty: always."),
            Field("page_at", "Calls at once from priority", "number", value="2"),
        ),
        "Write it down",
    )
    return screen(Sheet("On-call", PURPOSE, blocks, (form,) if visit.visitor.may("own_cases") else ()))


def _page_row(one: PageOut, who: dict[str, str]) -> tuple[Cell, ...]:
    called = ", ".join(dict.fromkeys(who.get(call.person, call.person) for call in one.calls)) or "nobody yet"
    have = (
        Deed("I have it", f"/on-call/pages/{one.id}/acknowledge", (), one.title)
        if one.state in {"calling", "unanswered"}
        else None
    )
    return (What(Link(one.title, f"/on-call/pages/{one.id}"), (f"case {one.number}",)), called, Tag(*STATES[one.state]),
            When(one.made_at), have)  # fmt: skip


def one(visit: Visit) -> Screen:
    shown = visit.desk.practices.on_call.show(visit.path("id"))
    schedule, now = shown.schedule, visit.now
    _, services = people_and_services(visit)
    who = _everybody(visit)
    soon = [shift for shift in shown.shifts if shift.starts_at < now + dt.timedelta(days=DAYS)]
    bars = [
        Bar(
            who.get(shift.person or "", shift.person or "nobody"),
            shift.starts_at,
            shift.ends_at,
            "info" if shift.person else "bad",
            f"{who.get(shift.person or '', 'nobody')}: {shift.starts_at:%a %d %b %H:%M} to {shift.ends_at:%a %d %b %H:%M} UTC",
        )
        for shift in soon
    ]
    picture = calendar_picture(bars, since=now.replace(hour=0, minute=0, second=0, microsecond=0), days=DAYS, now=now)
    total = sum(load.unsocial for load in shown.load) or 1.0
    even = 1 / max(1, len(shown.load))
    loads = [
        (who.get(load.person, load.person), f"{load.hours:.0f} h", f"{load.unsocial:.0f} h",
         Tag(f"{load.unsocial / total:.0%}", "warn" if load.unsocial / total > 1.25 * even else "good"),
         f"{load.pages} ({load.pages_unsocial} at night or at a weekend)")
        for load in shown.load
    ]  # fmt: skip
    swaps = [
        (
            who.get(over.person, over.person),
            When(over.starts_at),
            When(over.ends_at),
            over.why or ("calendar" if over.source else ""),
            Deed(
                "End it",
                f"/on-call/{schedule.id}/end-override",
                (("override", over.id),),
                who.get(over.person, over.person),
            ),
        )
        for over in schedule.overrides
        if over.ends_at > now
    ]
    blocks: tuple[Block, ...] = (
        Picture("The next two weeks", picture, tuple(bar.title for bar in bars)),
        Rows(
            "When nobody is on call, in four weeks",
            ("From", "Until"),
            [(When(gap.starts_at), When(gap.ends_at)) for gap in shown.gaps[:20]],
            "There is no gap",
        ),
        Rows(
            "What everybody carries: four weeks back, four ahead",
            ("Who", "On call", "Nights and weekends", "Of all of those", "Called"),
            loads,
        ),
        Rows("Overrides", ("Who", "From", "Until", "Why", ""), swaps, "Nobody swaps"),
    )
    steps = ", then ".join(f"after {step.after} min: {step.whom.replace('_', ' ')}" for step in schedule.steps)
    layers = tuple(
        f"{', '.join(who.get(key, key) for key in layer.people)}: {layer.days} days from {layer.first_day}, {layer.at:%H:%M}"
        f"{f', only {layer.hours}' if layer.hours else ''}"
        for layer in schedule.layers
    )
    facts = Facts("Facts", (
        ("Now", who.get(shown.now or "", shown.now) if shown.now else Tag("nobody", "bad")),
        ("Services", ", ".join(services.get(key, key) for key in schedule.services) or "whatever no other schedule is for"),
        ("Turns", "; ".join(layers)), ("Clocks of", schedule.zone), ("Calls", steps),
        ("Calls at once", f"from priority {schedule.page_at}" if schedule.page_at else "for nothing: only what is handed off"),
        ("Calendar", Link("iCalendar file", f"/on-call/{schedule.id}.ics")),
    ))  # fmt: skip
    names = choice(sorted(who.items(), key=lambda pair: pair[1]))
    forms = (
        Form("Swap", f"/on-call/{schedule.id}/override", (
            Field("person", "Who takes it", "select", names, required=True),
            Field("starts_at", "From (UTC)", "moment", value=at_field(now), required=True),
            Field("ends_at", "Until (UTC)", "moment", value=at_field(now + dt.timedelta(hours=8)), required=True),
            Field("why", "Why")), "Swap"),
        Form("Take shifts from a calendar", f"/on-call/{schedule.id}/import", (
            Field("calendar", "iCalendar text", "area", required=True, help="Each title names a person."),), "Take them"),
    ) if visit.visitor.may("own_cases") else ()  # fmt: skip
    return screen(
        Sheet(schedule.title, f"{schedule.id}: {PURPOSE}", blocks, (facts, *forms), crumb=Link("On-call", "/on-call"))
    )


def paged(visit: Visit) -> Screen:
    """One page; whoever was called may see it and say that they have it."""
    with visit.desk.journal.read() as tx:
        found = tx.oncall_pages.need(visit.path("id"))
    who = _everybody(visit)
    calls = [(When(call.at), who.get(call.person, call.person), f"step {call.step + 1}") for call in found.calls]
    facts = Facts("Facts", (("State", Tag(*STATES[found.state])), ("Case", Link(f"#{found.number}", f"/cases/{found.number}")),
                            ("Has it", who.get(found.acknowledged_by or "", found.acknowledged_by)),
                            ("Since", When(found.made_at))))  # fmt: skip
    have = (
        Form("Is it yours?", f"/on-call/pages/{found.id}/acknowledge", (), "I have it", "Nobody else is called then."),
    )
    return screen(Sheet(found.title, "Who is called for this case, until somebody says that they have it.",
                        (Rows("Called", ("When", "Who", "Why"), calls, "Nobody yet"), story(found.story, who)),
                        (facts, *(have if found.state in {"calling", "unanswered"} else ())),
                        crumb=Link("On-call", "/on-call")))  # fmt: skip


def _everybody(visit: Visit) -> dict[str, str]:
    """Names of everybody who is on a schedule or has an account."""
    people, _ = people_and_services(visit)
    wanted: set[str] = set()
    for one in visit.desk.practices.on_call.listed():
        wanted |= {key for layer in one.layers for key in layer.people} | {over.person for over in one.overrides}
    with visit.desk.journal.read() as tx:
        found = {key: known.name for key in sorted(wanted - set(people)) if (known := tx.people.get(key)) is not None}
    return {**people, **found}


async def add(visit: Visit, form: Sent) -> str:
    layer = parsed(Layer, people=listed(form, "people"), first_day=text(form, "first_day"), days=text(form, "days") or 7,
                   at=text(form, "at") or "09:00", hours=text(form, "hours"))  # fmt: skip
    draft = parsed(ScheduleDraft, title=text(form, "title", 200), services=listed(form, "services"), zone=text(form, "zone"),
                   layers=(layer,), page_at=text(form, "page_at") or 2)  # fmt: skip
    by = keeper_of(visit.visitor)
    made = await run_in_threadpool(lambda: visit.desk.practices.on_call.keep(draft, by=by))
    return f"/on-call/{made.id}?told=kept_record"


async def acknowledge(visit: Visit, form: Sent) -> str:
    by, key = keeper_of(visit.visitor), visit.path("id")
    await run_in_threadpool(lambda: visit.desk.practices.on_call.pages.acknowledge(key, by=by))
    return f"/on-call/pages/{key}?told=kept_record"


async def do(visit: Visit, form: Sent) -> str:
    desk, by, key = visit.desk.practices.on_call, keeper_of(visit.visitor), visit.path("id")
    match visit.path("deed"):
        case "override":
            draft = parsed(OverrideDraft, person=text(form, "person"), starts_at=moment(form, "starts_at"),
                           ends_at=moment(form, "ends_at"), why=text(form, "why", 200))  # fmt: skip
            await run_in_threadpool(lambda: desk.override(key, draft, by=by))
        case "end-override":
            await run_in_threadpool(lambda: desk.end_override(key, text(form, "override"), by=by))
        case "import":
            await run_in_threadpool(lambda: desk.read_in(key, form.get("calendar", ""), by=by))
        case "retire":
            await run_in_threadpool(lambda: desk.retire(key, by=by))
    return f"/on-call/{key}?told=kept_record"


def _calendar(frame: Frame) -> Route:
    def answer(request: Request) -> Response:
        try:
            visit = frame.visit(request, "read")
            content = visit.desk.practices.on_call.calendar(visit.path("id"), person=visit.asked("person"))
        except TicklessError as error:
            return frame.refusal(request, error)
        headers = {"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="on-call.ics"'}
        return Response(content, media_type=MEDIA_TYPE, headers=headers)

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(answer, request)

    return Route("/on-call/{id}.ics", endpoint, methods=["GET"])
