"""Planned work: windows and what each holds back, series of them, and the calendar to take along. Policy decides who may."""

from __future__ import annotations

import datetime as dt

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from tickless.domain.errors import BadInput, TicklessError
from tickless.domain.known import Maintenance
from tickless.doors.console.book import names_of
from tickless.doors.console.frame import Form, Frame, Screen, Visit
from tickless.doors.entrance.holding import keeper_of
from tickless.flow.desk.planning import SeriesDraft
from tickless.journal.holds import Tally
from tickless.kit.ids import new_id
from tickless.practices.known.calendar import MEDIA_TYPE

HELD_SHOWN = 20
"""Alerts that are named for one window."""
PATTERNS = {
    "weekly": "every week",
    "fortnightly": "every two weeks",
    "monthly_day": "every month, on that weekday (first, second …)",
    "monthly_date": "every month, on that day of the month",
    "monthly_last": "every month, on its last day",
    "daily": "every day",
    "workdays": "Monday to Friday",
}
"""How often, counted from the first day: the choices of the form. The API and the command line take any rule."""
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def routes(frame: Frame) -> list[BaseRoute]:
    return [
        frame.show("/maintenance", "read", page),
        frame.deed("/maintenance", "own_cases", plan),
        frame.deed("/maintenance/series", "own_cases", repeat),
        frame.deed("/maintenance/series/{id}/end", "own_cases", end_series),
        frame.deed("/maintenance/{id}/end", "own_cases", end),
        _calendar(frame),
    ]


def page(visit: Visit) -> Screen:
    """Planned work, and what each window holds back."""
    with visit.desk.journal.read() as tx:
        table = tx.maintenance.table.c
        windows = tx.maintenance.where(table.ends_at > visit.now - dt.timedelta(days=7), order=table.starts_at)
        tallies = tx.holds.tallies([window.id for window in windows])
        held = {
            window.id: tx.holds.newest(ref=window.id, limit=HELD_SHOWN) for window in windows if window.id in tallies
        }
        services = sorted(tx.services.where(), key=lambda service: service.name)
        names = names_of(tx, people=[window.owner for window in windows], services=[])
    return Screen(
        "maintenance.html",
        {"windows": _nearest(windows, visit.now), "series": visit.desk.planning.series(), "patterns": PATTERNS,
         "tallies": tallies, "no_tally": Tally(), "held": held, "services": services, "names": names,
         "named": {one.id: one.name for one in services}},
    )  # fmt: skip


def _nearest(windows: list[Maintenance], now: dt.datetime) -> list[Maintenance]:
    """Of a series what is over, what goes on, and what comes next; everything that is planned once."""
    shown, coming = [], set[str]()
    for window in windows:
        ahead = window.starts_at > now
        if window.series and ahead:
            if window.series in coming:
                continue
            if not window.cancelled:
                coming.add(window.series)
        shown.append(window)
    return shown


async def plan(visit: Visit, form: Form) -> str:
    await add_window(visit, form)
    return "/maintenance?told=planned"


async def end(visit: Visit, form: Form) -> str:
    await cancel_window(visit, form)
    return "/maintenance?told=called_off"


async def repeat(visit: Visit, form: Form) -> str:
    keeper, first = keeper_of(visit.visitor), _day(form, "first_day")
    if first is None:
        raise BadInput("a series has a first day", mend="choose a day")
    draft = SeriesDraft(
        service=said(form, "service"),
        title=said(form, "title"),
        rule=_rule(form.get("pattern", ""), first),
        zone=said(form, "zone"),
        at=_time(form),
        minutes=int(form["minutes"]) if form.get("minutes", "").isdecimal() and len(form["minutes"]) < 6 else 0,
        first_day=first,
        last_day=_day(form, "last_day"),
        note=form.get("note", "").strip()[:2_000],
    )
    await run_in_threadpool(lambda: visit.desk.planning.repeat(draft, by=keeper))
    return "/maintenance?told=planned#series"


async def end_series(visit: Visit, form: Form) -> str:
    keeper = keeper_of(visit.visitor)
    await run_in_threadpool(lambda: visit.desk.planning.end(visit.path("id"), by=keeper))
    return "/maintenance?told=called_off#series"


async def add_window(visit: Visit, form: Form) -> None:
    """Plan one window as a form says."""
    keeper = keeper_of(visit.visitor)
    window = Maintenance(
        id=new_id("mnt"),
        service=said(form, "service"),
        title=said(form, "title"),
        starts_at=_moment(form, "starts_at"),
        ends_at=_moment(form, "ends_at"),
        note=form.get("note", "").strip()[:2_000],
        change=form.get("change", "").strip()[:200],
    )
    await run_in_threadpool(lambda: visit.desk.planning.plan(window, by=keeper))


async def cancel_window(visit: Visit, form: Form) -> None:
    """Call the window of the address off."""
    keeper = keeper_of(visit.visitor)
    await run_in_threadpool(lambda: visit.desk.planning.call_off(visit.path("id"), by=keeper))


def said(form: Form, name: str, longest: int = 200) -> str:
    """What a field says. Raises `BadInput`."""
    text = form.get(name, "").strip()
    if not text or len(text) > longest:
        raise BadInput(f"“{name.replace('_', ' ')}” takes 1 to {longest} characters")
    return text


def _moment(form: Form, name: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(form.get(name, "")).replace(tzinfo=dt.UTC)
    except ValueError as error:
        raise BadInput(f"“{name.replace('_', ' ')}” is no time", mend="choose a day and a time, UTC") from error


def _day(form: Form, name: str) -> dt.date | None:
    if not form.get(name):
        return None
    try:
        return dt.date.fromisoformat(form[name])
    except ValueError as error:
        raise BadInput(f"“{name.replace('_', ' ')}” is no day", mend="choose a day") from error


def _time(form: Form) -> dt.time:
    try:
        return dt.time.fromisoformat(form.get("at", "")).replace(tzinfo=None)
    except ValueError as error:
        raise BadInput("that is no time of the day", mend="choose one, such as 02:00") from error


def _rule(pattern: str, first: dt.date) -> str:
    """The rule of a choice, counted from the first day. Raises `BadInput`."""
    day = _DAYS[first.weekday()]
    rules = {
        "daily": "FREQ=DAILY",
        "workdays": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
        "weekly": f"FREQ=WEEKLY;BYDAY={day}",
        "fortnightly": f"FREQ=WEEKLY;INTERVAL=2;BYDAY={day}",
        "monthly_day": f"FREQ=MONTHLY;BYDAY={(first.day + 6) // 7}{day}",
        "monthly_date": f"FREQ=MONTHLY;BYMONTHDAY={first.day}",
        "monthly_last": "FREQ=MONTHLY;BYMONTHDAY=-1",
    }
    if pattern not in rules:
        raise BadInput("say how often", mend="choose one of the patterns")
    return rules[pattern]


def _calendar(frame: Frame) -> Route:
    def answer(request: Request) -> Response:
        try:
            visit = frame.visit(request, "read")
            wanted = [name[:200] for name in request.query_params.getlist("service")[:50]]
            text = visit.desk.planning.calendar(services=wanted)
        except TicklessError as error:
            return frame.refusal(request, error)
        headers = {"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="planned-work.ics"'}
        return Response(text, media_type=MEDIA_TYPE, headers=headers)

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(answer, request)

    return Route("/maintenance.ics", endpoint, methods=["GET"])
