"""Silences: what is held back by whom, what a silence would do, which of them somebody should look at."""

from __future__ import annotations

import datetime as dt
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute

from tickless.domain.errors import BadInput
from tickless.domain.matchers import read_matchers
from tickless.doors.console.book import names_of
from tickless.doors.console.frame import Form, Frame, Screen, Visit
from tickless.doors.entrance.holding import keeper_of
from tickless.flow.desk.holding import Draft
from tickless.stages.correlate.hygiene.silencing import REMARKS

HOURS = {"1": "1 hour", "4": "4 hours", "24": "1 day", "72": "3 days", "168": "1 week"}
"""How long a silence may last, by the choices of forms."""
HELD_SHOWN = 20
"""Alerts that are named for one silence."""
OVER_SHOWN = 20


def routes(frame: Frame) -> list[BaseRoute]:
    return [
        frame.show("/silences", "read", page),
        frame.deed("/silences", "own_cases", add),
        frame.deed("/silences/preview", "read", preview),
        frame.deed("/silences/{id}/extend", "own_cases", extend),
        frame.deed("/silences/{id}/expire", "own_cases", expire),
    ]


def page(visit: Visit) -> Screen:
    """With `source` and `alert` the form is filled with what names that one alert."""
    source, alert = visit.asked("source"), visit.asked("alert")
    if source is None or alert is None:
        return Screen("silences.html", content(visit, {}))
    matchers = visit.desk.holding.matchers_of(source, alert)
    given = {"matchers": "\n".join(matcher.written for matcher in matchers)}
    return Screen("silences.html", {**content(visit, given), "seen": visit.desk.holding.preview(matchers)})


def content(visit: Visit, given: dict[str, str]) -> dict[str, Any]:
    standing = visit.desk.holding.silences()
    over = visit.desk.holding.silences(over=True, limit=OVER_SHOWN)
    with visit.desk.journal.read() as tx:
        held = {one.silence.id: tx.holds.newest(ref=one.silence.id, limit=HELD_SHOWN) for one in standing}
        names = names_of(tx, people=[one.silence.owner for one in (*standing, *over)], services=[])
    return {
        "standing": standing,
        "review": visit.desk.holding.review(),
        "over": over,
        "held": held,
        "names": names,
        "remarks": REMARKS,
        "hours": HOURS,
        "given": given,
        "seen": None,
    }


async def preview(visit: Visit, form: Form) -> Screen:
    """The same page, with what the silence would hold back now."""

    def look() -> Screen:
        seen = visit.desk.holding.preview(read_matchers(_lines(form)))
        return Screen("silences.html", {**content(visit, dict(form)), "seen": seen})

    return await run_in_threadpool(look)


async def add(visit: Visit, form: Form) -> str:
    keeper, ends = keeper_of(visit.visitor), visit.now + dt.timedelta(hours=_hours(form))
    draft = Draft(read_matchers(_lines(form)), form.get("reason", ""), ends, owner=form.get("owner", "").strip())
    await run_in_threadpool(lambda: visit.desk.holding.silence(draft, by=keeper))
    return "/silences?told=silenced"


async def extend(visit: Visit, form: Form) -> str:
    keeper, until = keeper_of(visit.visitor), visit.now + dt.timedelta(hours=_hours(form))
    await run_in_threadpool(lambda: visit.desk.holding.extend(visit.path("id"), until=until, by=keeper))
    return "/silences?told=extended"


async def expire(visit: Visit, form: Form) -> str:
    keeper = keeper_of(visit.visitor)
    await run_in_threadpool(lambda: visit.desk.holding.expire(visit.path("id"), by=keeper))
    return "/silences?told=expired"


def _hours(form: Form) -> int:
    """A choice of how long. Raises `BadInput`."""
    if form.get("hours", "") not in HOURS:
        raise BadInput("say how long", mend="choose one of the lengths")
    return int(form["hours"])


def _lines(form: Form) -> list[str]:
    return [line.strip() for line in form.get("matchers", "").splitlines() if line.strip()]
