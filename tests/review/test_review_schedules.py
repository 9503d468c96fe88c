"""What is done by the clock, while something outside hangs or breaks."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

from tests.story.stage import Stage
from tests.waiting import until

from tickless.domain.verdict import Watch
from tickless.flow.schedules import Schedules
from tickless.flow.watching import Watching


class _Watching(Watching):
    """Its looks hang until they are let go; the first of them breaks."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.free = threading.Event()
        self.looked: list[str] = []

    def look(self, watch: Watch, now: dt.datetime) -> None:
        self.looked.append(watch.id)
        self.free.wait(30)
        if len(self.looked) == 1:
            raise KeyError("a connector's bug")


def _other(stage: Stage) -> tuple[Schedules, _Watching]:
    house = stage.house
    watching = _Watching(rooms=house.rooms, engine=house.engine)
    schedules = Schedules(
        rooms=house.rooms, engine=house.engine, watching=watching, node="other", role="worker", take_over=False
    )
    return schedules, watching


def _watch(stage: Stage, name: str, due: dt.datetime) -> None:
    with stage.house.journal.write() as tx:
        tx.watches.put(Watch(id=name, case="case_x", run="run_x", subject=name, due_at=due, until=due))


def test_a_look_that_hangs_or_breaks_stops_neither_the_heartbeat_nor_the_other_looks(stage: Stage) -> None:
    now = stage.house.desk.clock.now()
    stage.house.schedules.stop()
    for number, name in enumerate(("watch_bad", "watch_good")):
        _watch(stage, name, now - dt.timedelta(hours=2 - number))
    other, watching = _other(stage)

    def beat_at() -> dt.datetime:
        with stage.house.journal.read() as tx:
            return next(node.beat_at for node in tx.coordination.nodes() if node.id == "other")

    other.start()
    try:
        until(lambda: watching.looked)
        before = beat_at()
        until(lambda: beat_at() > before + dt.timedelta(seconds=2))
        watching.free.set()
        with stage.house.journal.read() as tx:
            kept = {name: tx.watches.need(name).due_at for name in ("watch_bad", "watch_good")}
        assert min(kept.values()) > now, "put off, so that the next tick begins with others"
    finally:
        watching.free.set()
        other.stop()
        with stage.house.journal.write() as tx:
            for name in ("watch_bad", "watch_good"):
                tx.watches.delete(name)


def test_a_chore_that_breaks_holds_up_no_other(stage: Stage) -> None:
    house, done = stage.house, []

    def breaks(*_: object) -> None:
        done.append("broke")
        raise KeyError("a bug")

    house.schedules.stop()
    other = Schedules(
        rooms=house.rooms, engine=house.engine, watching=Watching(rooms=house.rooms, engine=house.engine), node="third",
        role="worker", take_over=False, chores=[breaks, lambda _: done.append("chore")],
    )  # fmt: skip
    other.tick()
    assert done == ["broke", "chore"]
