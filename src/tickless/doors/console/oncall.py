"""On-call: who it is now, schedules with their shifts, gaps and load, and swaps."""

from __future__ import annotations

import datetime as dt

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from tickless.domain.errors import TicklessError
from tickless.domain.oncall import OverrideDraft, Schedule
from tickless.doors.console import oncall_edit, oncall_pages, oncall_rules
from tickless.doors.console import sheet as ui
from tickless.doors.console.frame import Frame, Screen, Visit
from tickless.doors.console.oncall_preview import loads, shifts_in
from tickless.doors.console.practice_pages import Names, Sent, forms, names_in, pages, parsed
from tickless.flow.desk.practices.oncall import ScheduleShown
from tickless.practices.known.calendar import MEDIA_TYPE

LOAD = "What everybody carries: four weeks back, four ahead"
PURPOSE = "Who is called when, what everybody carries, and who was called for what until somebody had it."


def routes(frame: Frame) -> list[BaseRoute]:
    deeds = {"override": override, "end-override": end_override, "import": take, "retire": retire}
    return [
        *oncall_pages.routes(frame),
        *oncall_rules.routes(frame),
        *oncall_edit.routes(frame),
        _calendar(frame),
        *pages(frame, "/on-call", page, one=one, deeds=deeds),
    ]


def page(visit: Visit) -> Screen:
    desk = visit.desk.practices.on_call
    now, called = desk.who(), desk.pages.listed()[:40]
    names = _names(visit, [one for one, _ in now], [call.person for it in called for call in it.calls])
    rows = [
        (ui.What(ui.Link(one.title, f"/on-call/{one.id}"), (one.id, names.services_of(one.services, "the rest"))),
         names.person(person) if person else ui.Tag("nobody", "bad"), one.zone)
        for one, person in now
    ]  # fmt: skip
    blocks: tuple[ui.Block, ...] = (
        ui.Rows(
            "On call now",
            ("Schedule", "Who", "Clocks of"),
            rows,
            "There is no schedule",
            "Make one: the link is beside this.",
        ),
        oncall_pages.table(called, names),
    )
    here = ui.Facts("What you can do", (
        ("Schedules", ui.Link("Make a schedule", "/on-call/new")),
        ("Being paged", ui.Link("How you are paged", "/on-call/rules")),
    ))  # fmt: skip
    return ui.screen(ui.Sheet("On-call", PURPOSE, blocks, (here,) if visit.visitor.may("own_cases") else ()))


def _names(visit: Visit, schedules: list[Schedule], others: list[str] | None = None) -> Names:
    """Of everybody who is on these schedules, too."""
    on_them = [key for one in schedules for layer in one.layers for key in layer.people]
    swapped = [over.person for one in schedules for over in one.overrides]
    return names_in(visit, [*on_them, *swapped, *(others or ())])


def one(visit: Visit) -> Screen:
    shown = visit.desk.practices.on_call.show(visit.path("id"))
    schedule, names = shown.schedule, _names(visit, [shown.schedule])
    gaps = [(ui.When(gap.starts_at), ui.When(gap.ends_at)) for gap in shown.gaps[:20]]
    blocks: tuple[ui.Block, ...] = (
        shifts_in(shown, names, visit.now, title="The next two weeks"),
        ui.Rows("When nobody is on call, in four weeks", ("From", "Until"), gaps, "There is no gap"),
        loads(shown, names, LOAD),
        _swaps(schedule, names, visit.now),
    )
    beside: tuple[ui.Block, ...] = (_facts(shown, names), *forms(visit, *_forms(schedule, names, visit.now)))
    crumb = ui.Link("On-call", "/on-call")
    return ui.screen(ui.Sheet(schedule.title, f"{schedule.id}: {PURPOSE}", blocks, beside, crumb=crumb))


def _swaps(schedule: Schedule, names: Names, now: dt.datetime) -> ui.Rows:
    ended = f"/on-call/{schedule.id}/end-override"
    rows = [
        (names.person(over.person), ui.When(over.starts_at), ui.When(over.ends_at),
         over.why or ("calendar" if over.source else ""),
         ui.Deed("End it", ended, (("override", over.id),), names.person(over.person)))
        for over in sorted(schedule.overrides, key=lambda it: it.starts_at) if over.ends_at > now
    ]  # fmt: skip
    return ui.Rows("Overrides", ("Who", "From", "Until", "Why", ""), rows, "Nobody swaps")


def _facts(shown: ScheduleShown, names: Names) -> ui.Facts:
    schedule = shown.schedule
    steps = ", then ".join(f"after {step.after} min: {step.whom.replace('_', ' ')}" for step in schedule.steps)
    turns = "; ".join(
        f"{names.people(layer.people)}: {layer.days} days from {layer.first_day}, {layer.at:%H:%M}"
        + (f", only {layer.hours}" if layer.hours else "")
        for layer in schedule.layers
    )
    at_once = f"from priority {schedule.page_at}" if schedule.page_at else "for nothing: only what is handed off"
    return ui.Facts("Facts", (
        ("Now", names.person(shown.now) if shown.now else ui.Tag("nobody", "bad")),
        ("Services", names.services_of(schedule.services, "whatever no other schedule is for")), ("Turns", turns),
        ("Clocks of", schedule.zone), ("Calls", steps), ("Calls at once", at_once),
        ("Change it", ui.Link("Edit the schedule", f"/on-call/{schedule.id}/edit") if schedule.state == "active"
         else "it holds no more: write a new one"),
        ("Calendar", ui.Link("iCalendar file", f"/on-call/{schedule.id}.ics")),
    ))  # fmt: skip


def _forms(schedule: Schedule, names: Names, now: dt.datetime) -> tuple[ui.Form, ...]:
    base, later = f"/on-call/{schedule.id}", now + dt.timedelta(hours=8)
    return (
        ui.Form("Swap", f"{base}/override", (
            ui.Field("person", "Who takes it", "select", names.pick_person(), required=True),
            ui.Field("starts_at", "From (UTC)", "moment", value=ui.at_field(now), required=True),
            ui.Field("ends_at", "Until (UTC)", "moment", value=ui.at_field(later), required=True),
            ui.Field("why", "Why"),
        ), "Swap"),
        ui.Form("Take shifts from a calendar", f"{base}/import", (
            ui.Field("calendar", "iCalendar text", "area", required=True, help="Each title names a person."),
        ), "Take them"),
    )  # fmt: skip


def override(sent: Sent) -> str:
    draft = parsed(OverrideDraft, person=sent.text("person"), starts_at=sent.moment("starts_at"),
                   ends_at=sent.moment("ends_at"), why=sent.text("why", 200))  # fmt: skip
    return f"/on-call/{sent.desk.on_call.override(sent.key, draft, by=sent.by).id}"


def end_override(sent: Sent) -> str:
    return f"/on-call/{sent.desk.on_call.end_override(sent.key, sent.text('override'), by=sent.by).id}"


def take(sent: Sent) -> str:
    sent.desk.on_call.read_in(sent.key, sent.form.get("calendar", ""), by=sent.by)
    return f"/on-call/{sent.key}"


def retire(sent: Sent) -> str:
    return f"/on-call/{sent.desk.on_call.retire(sent.key, by=sent.by).id}"


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
