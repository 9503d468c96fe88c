"""Maturity: the three models on live evidence, beside what people claim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute

from tickless.domain.errors import BadInput
from tickless.domain.sighting import Point
from tickless.domain.steering import MaturityMark
from tickless.doors.console.chart import Chart, draw
from tickless.doors.console.frame import Form, Frame, Screen, Visit
from tickless.stages.measure.maturity import Standing
from tickless.stages.measure.maturity.criteria import PLACES
from tickless.stages.measure.metrics.wording import told

STEP, HIGH = 60, 26


@dataclass(frozen=True)
class Rung:
    """One level in the picture: where it stands, whether it is reached, and how far toward it."""

    x: float
    y: float
    width: float
    height: float
    on: bool
    part: float
    name: str


def routes(frame: Frame) -> list[BaseRoute]:
    return [
        frame.show("/maturity", "read", page),
        frame.deed("/maturity/claims", "act", claim),
        frame.deed("/maturity/answers", "act", answer),
    ]


def page(visit: Visit) -> Screen:
    """The models, what would raise them, and how they stood."""
    view = visit.desk.steering.maturity(days=min(max(visit.number("days") or 90, 7), 400))
    zone = ZoneInfo(visit.desk.steering.zone())
    return Screen("maturity.html", {
        "view": view, "computed": visit.desk.steering.computed(),
        "rungs": {one.model: rungs(one) for one in view.standings}, "places": PLACES,
        "charts": {one.model: history(view.marks, one.model, zone) for one in view.standings},
        "shown": told, "levels": {one.model: range(one.top + 1) for one in view.standings},
    })  # fmt: skip


def rungs(one: Standing) -> list[Rung]:
    """A staircase: reached steps are filled, the next one as far as its criteria are met."""
    return [
        Rung(x=(place - 1) * STEP, y=(one.top - place) * HIGH, width=STEP - 4, height=place * HIGH, on=place <= one.level,
             part=one.toward if place == one.level + 1 else 0.0, name=PLACES[one.model][place])
        for place in range(1, one.top + 1)
    ]  # fmt: skip


def history(marks: Sequence[MaturityMark], model: str, zone: ZoneInfo) -> Chart | None:
    """How the model stood, day by day; the claim is the limit line where there is one."""
    own = [one for one in marks if one.model == model]
    if len(own) < 2:
        return None
    claimed = own[-1].claimed
    points = [Point(at=one.at.timestamp(), value=one.level) for one in own]
    return draw(points, limit=None if claimed is None else float(claimed), zone=zone)


async def claim(visit: Visit, form: Form) -> str:
    """What somebody says a model's level is."""
    level, by = _level(form), visit.visitor.actor
    desk = visit.desk.steering
    await run_in_threadpool(lambda: desk.claim(form.get("model", ""), level, by=by, note=form.get("note", "")))
    return "/maturity?told=noted_claim"


async def answer(visit: Visit, form: Form) -> str:
    """An answer to what no data can show."""
    level, by = _level(form), visit.visitor.actor
    desk = visit.desk.steering
    await run_in_threadpool(lambda: desk.answer(form.get("question", ""), level, by=by, note=form.get("note", "")))
    return "/maturity?told=noted_claim#questions"


def _level(form: Form) -> int:
    text = form.get("level", "")
    if not text.isdecimal() or len(text) > 2:
        raise BadInput("choose a level")
    return int(text)
