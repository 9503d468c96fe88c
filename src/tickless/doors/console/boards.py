"""Boards: figures side by side, each with its course, in words and as a table, and with its definition when it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute

from tickless.domain.errors import BadInput
from tickless.doors.console.chart import Chart
from tickless.doors.console.figures import drawn
from tickless.doors.console.frame import Form, Frame, Screen, Visit
from tickless.flow.desk.steering_views import Tile
from tickless.stages.measure.boards import BOARDS
from tickless.stages.measure.metrics.metric import Unit
from tickless.stages.measure.metrics.wording import course, told

BACK = ("/value", "/maturity", "/guard", *(f"/boards/{name}" for name in BOARDS))
"""Where a figure can be computed anew from."""
TURNS = {"better": "good", "worse": "warn"}


@dataclass(frozen=True)
class Shown:
    """A tile as it is drawn. `said`: the same in words."""

    tile: Tile
    chart: Chart | None
    said: str
    turn: str
    tone: str


def routes(frame: Frame) -> list[BaseRoute]:
    return [
        frame.show("/boards", "read", index),
        frame.show("/boards/{board}", "read", page),
        frame.deed("/steering/compute", "act", compute),
    ]


def index(visit: Visit) -> Screen:
    """Which boards there are, and what each answers."""
    return Screen("boards.html", {"boards": list(BOARDS.values())})


def page(visit: Visit) -> Screen:
    """One board. Raises `NotFound`."""
    desk = visit.desk.steering
    view = desk.board(visit.path("board"))
    zone, currency = ZoneInfo(desk.zone()), desk.currency()
    tiles = [shown(one, zone, currency=currency, days=view.board.days) for one in view.tiles]
    return Screen("board.html", {
        "view": view, "board": view.board, "boards": list(BOARDS.values()), "computed": desk.computed(),
        "tiles": tiles, "verdict": verdict([one.turn for one in tiles]),
        "figure": lambda value, unit: told(value, unit, currency=currency),
    })  # fmt: skip


async def compute(visit: Visit, form: Form) -> str:
    """Everything that is computed by schedule, now, beside everything else."""
    back = form.get("back", "")
    if back not in BACK:
        raise BadInput("nothing is computed for that page")
    await run_in_threadpool(visit.desk.steering.marks.begin)
    return f"{back}?told=computing"


def shown(tile: Tile, zone: ZoneInfo, *, currency: str, days: int) -> Shown:
    """The tile with its picture and its words."""
    metric = tile.seen.metric
    points = [(window, found) for window, found in tile.course if found is not None]
    turn = course(tile.seen.figure, tile.seen.before, metric.better)
    return Shown(
        tile, drawn(points, metric, zone), words(tile, currency=currency, days=days), turn, TURNS.get(turn, "")
    )


def verdict(turns: Sequence[str]) -> str:
    """How many figures became better and worse, in words. `turns`: as `course` gives them."""
    better, worse, same = (turns.count(one) for one in ("better", "worse", "same"))
    told = [f"{count} {word}" for count, word in ((better, "better"), (worse, "worse"), (same, "as before")) if count]
    if not told:
        return "Nothing here can be compared with the days before yet."
    rest = len(turns) - better - worse - same
    return f"Of {len(turns)} figures: {', '.join(told)}{f', {rest} without a direction' if rest else ''}."


def words(tile: Tile, *, currency: str, days: int) -> str:
    """What the picture shows, in a sentence or two."""

    def say(value: float | None) -> str:
        unit: Unit = tile.seen.metric.unit
        return told(value, unit, currency=currency)

    now, before = tile.seen.figure, tile.seen.before
    if now.value is None:
        return f"Nothing of the last {days} days tells of it. That is not nought."
    lines = [f"{say(now.value)} in the last {days} days, {say(before.value)} in the {days} before."]
    known = [one.value for _, one in tile.course if one is not None and one.value is not None]
    if len(known) > 1 and say(min(known)) == say(max(known)):
        lines.append("The same over time.")
    elif len(known) > 1:
        span = f"Over time between {say(min(known))} and {say(max(known))}"
        lines.append(f"{span}; {say(known[0])} at first, {say(known[-1])} at last.")
    if now.missing:
        lines.append(f"{now.missing:,} lack what it needs.")
    return " ".join(lines)
