"""Work that comes again: each of its windows holds alerts back and hands back what still fires, at its own time of the day."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.flow.test_holding import RULES, START, Room, _house

from tickless.domain.errors import Conflict, Forbidden
from tickless.flow.desk.planning import PlanningDesk, SeriesDraft, SeriesShown
from tickless.flow.keeping import Keeper
from tickless.kit.clock import ManualClock
from tickless.practices.known.recurring import AHEAD

ADMIN = Keeper("user:ada", roles=frozenset({"admin"}))
DAY = dt.timedelta(days=1)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    clock = ManualClock(START)  # Monday, 2 March 2026, 09:00 UTC
    made = _house(tmp_path, clock, None, RULES)
    yield Room(made, clock)
    made.engine.stop()
    made.journal.close()


def planning(room: Room) -> PlanningDesk:
    return room.house.desk.planning


def mondays(room: Room, *, by: Keeper = ADMIN) -> SeriesShown:
    """Every Monday from 20:00 to 21:00 in Berlin."""
    draft = SeriesDraft(
        service="crm", title="Patches", rule="FREQ=WEEKLY;BYDAY=MO", zone="Europe/Berlin", at=dt.time(20, 0), minutes=60,
        first_day=START.date(),
    )  # fmt: skip
    return planning(room).repeat(draft, by=by)


def go_to(room: Room, moment: dt.datetime) -> None:
    room.clock.advance(moment - room.clock.now())
    planning(room).tend(room.clock.now())
    room.turn()


def test_each_window_holds_and_hands_back_at_its_own_time(room: Room) -> None:
    series = mondays(room)
    assert series.words == "every week on Monday, 20:00, Europe/Berlin"
    for week, begins in (
        (0, 19),
        (1, 19),
        (2, 19),
        (3, 19),
        (4, 18),
        (30, 18),
        (35, 19),
    ):  # summer time from 29 March on
        alert, evening = f"crm-{week}", START.replace(hour=0) + 7 * week * DAY + dt.timedelta(hours=begins)
        go_to(room, evening - dt.timedelta(minutes=1))
        early = f"{alert}-early"
        room.tell(early, "firing", service="crm", severity="critical")
        room.turn()
        assert room.alert(early).held is None, week
        room.tell(early, "resolved", service="crm")
        room.turn()
        room.end_cases()
        go_to(room, evening + dt.timedelta(minutes=1))
        room.tell(alert, "firing", service="crm", severity="critical")
        room.turn()
        (hold,) = room.holds(alert)
        assert (hold.reason, room.alert(alert).held) == ("maintenance", "maintenance"), week
        with room.house.journal.read() as tx:
            window = tx.maintenance.need(hold.ref)
        assert (window.series, window.starts_at) == (series.series.id, evening)
        go_to(room, evening + dt.timedelta(minutes=64))
        room.in_order(alert)
        assert room.alert(alert).case is not None, week
        room.tell(alert, "resolved", service="crm")
        room.turn()
        room.end_cases()


def test_one_window_is_called_off_and_the_series_goes_on_and_is_ended(room: Room) -> None:
    series = mondays(room)
    assert series.coming is not None
    planning(room).call_off(series.coming.id, by=ADMIN)
    go_to(room, START + AHEAD / 2)  # what was called off is not made anew
    with room.house.journal.read() as tx:
        windows = sorted(tx.maintenance.by(service="crm"), key=lambda one: one.starts_at)
    assert [one.cancelled for one in windows] == [True] + [False] * (len(windows) - 1)
    assert {later.starts_at - sooner.starts_at for sooner, later in itertools.pairwise(windows)} <= {
        7 * DAY, 7 * DAY - dt.timedelta(hours=1)
    }  # fmt: skip
    assert windows[-1].starts_at > room.clock.now() + AHEAD - 8 * DAY
    planning(room).end(series.series.id, by=ADMIN)
    with pytest.raises(Conflict):
        planning(room).end(series.series.id, by=ADMIN)
    go_to(room, room.clock.now() + 100 * DAY)
    with room.house.journal.read() as tx:
        left = [one for one in tx.maintenance.by(service="crm") if not one.cancelled and one.ends_at > room.clock.now()]
    assert left == []
    assert planning(room).series() == []
    assert "STATUS:CONFIRMED" not in planning(room).calendar()


def test_who_may_not_plan_changes_nothing(room: Room) -> None:
    series = mondays(room)
    nobody = Keeper("user:eve", roles=frozenset({"employee"}))
    with pytest.raises(Forbidden):
        mondays(room, by=nobody)
    with pytest.raises(Forbidden):
        planning(room).end(series.series.id, by=nobody)
    assert series.coming is not None
    with pytest.raises(Forbidden):
        planning(room).call_off(series.coming.id, by=nobody)
    assert [one.series.id for one in planning(room).series()] == [series.series.id]
