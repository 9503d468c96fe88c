"""Boards: metrics side by side with their courses; and what is computed by schedule."""

from __future__ import annotations

import asyncio
import datetime as dt

from pydantic import Field

from tickless.doors.api.guards import Actor, DeskHere, Reader, new_router
from tickless.doors.api.metric_schemas import FigureShown, MetricShown, PointShown, number, seen
from tickless.doors.api.schemas import Shown
from tickless.flow.desk.steering_views import BoardView, Computed, Tile
from tickless.stages.measure.boards import BOARDS

router = new_router("boards")


class BoardNamed(Shown):
    """A board, and the question that it answers."""

    id: str
    name: str
    asks: str


class TileShown(Shown):
    """One metric on a board. `course`: whole weeks or months, the oldest first."""

    metric: MetricShown
    counter: FigureShown | None = Field(description="Of its counter-metric, now; null: it has none")
    course: list[PointShown]


class MetricBoardShown(BoardNamed):
    """A board as it stands. Figures are of `since` to `until`, beside the span before."""

    since: dt.datetime
    until: dt.datetime
    grain: str
    computed_at: dt.datetime | None = Field(description="When the courses were computed; null: not yet")
    tiles: list[TileShown]


class ComputedShown(Shown):
    """How what takes long stands."""

    large: bool = Field(description="There are so many cases that views are computed by schedule, not at every look")
    at: dt.datetime | None = Field(description="When the oldest view that is kept was computed")
    running: bool
    done: int
    of: int
    cut: int = Field(
        description="So many cases, and tickets of the past, are read at most, the newest; 0: there are no more"
    )
    failed: str = Field(description="Why the last time broke off; empty: it did not")


@router.get("/boards", summary="Which boards there are")
async def list_boards(desk: DeskHere, visitor: Reader) -> list[BoardNamed]:
    """Each with the question that it answers."""
    return [BoardNamed(id=one.id, name=one.name, asks=one.asks) for one in BOARDS.values()]


@router.get("/boards/{board}", summary="One board")
async def show_board(desk: DeskHere, visitor: Reader, board: str) -> MetricBoardShown:
    """Its metrics now, in the span before, and over whole weeks or months; each with its definition."""
    return _board(await asyncio.to_thread(desk.steering.board, board))


@router.get("/steering", summary="How what is computed by schedule stands")
async def show_computed(desk: DeskHere, visitor: Reader) -> ComputedShown:
    """Where there is little, everything is computed at every look and nothing is kept."""
    return _computed(await asyncio.to_thread(desk.steering.computed))


@router.post("/steering/compute", summary="Compute it now", status_code=202)
async def compute(desk: DeskHere, visitor: Actor) -> ComputedShown:
    """Value, maturity, the guard, and the figures of whole weeks and months, beside everything else. 409 while it is done."""
    await asyncio.to_thread(desk.steering.marks.begin)
    return _computed(await asyncio.to_thread(desk.steering.computed))


def _board(view: BoardView) -> MetricBoardShown:
    board = view.board
    return MetricBoardShown(id=board.id, name=board.name, asks=board.asks, since=view.window.since, until=view.window.until,
                      grain=board.grain, computed_at=view.at, tiles=[_tile(one) for one in view.tiles])  # fmt: skip


def _tile(one: Tile) -> TileShown:
    counter = one.counter.figure if one.counter else None
    return TileShown(
        metric=seen(one.seen), counter=number(counter.value, counter.of, counter.missing) if counter else None,
        course=[PointShown(since=when.since, until=when.until, figure=number(found.value, found.of, found.missing))
                for when, found in one.course if found is not None],
    )  # fmt: skip


def _computed(found: Computed) -> ComputedShown:
    return ComputedShown(large=found.large, at=found.at, running=found.running, done=found.done, of=found.of,
                         cut=found.cut, failed=found.failed)  # fmt: skip
