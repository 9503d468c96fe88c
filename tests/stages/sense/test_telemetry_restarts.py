"""A counter that begins anew is no alarm, and it is said where it came right before one."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest
from bench.prometheus_messages import write_v1
from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.signal import Signal
from tickless.stages.sense.telemetry.labels import Kind
from tickless.stages.sense.telemetry.options import TelemetrySettings
from tickless.stages.sense.telemetry.rates import NEWS, Rates
from tickless.stages.sense.telemetry.service import TelemetryRoom

START = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


class Counted:
    """A counter of requests that is sent every minute."""

    def __init__(self) -> None:
        self.room = TelemetryRoom(TelemetrySettings(alarms_per_week=50.0))
        self.now, self.total = START, 1_000.0

    def goes_on(self, minutes: int, *, per_minute: float) -> list[Signal]:
        found: list[Signal] = []
        for minute in range(minutes):
            self.now += MINUTE
            self.total += per_minute + (minute % 5)
            labels = (("__name__", "requests_total"), ("service", "shop"))
            body = write_v1([(labels, [(int(self.now.timestamp() * 1_000), self.total)])])
            found += self.room.metrics(body, form="remote_write_1", source="prom", now=self.now).signals
            found += self.room.look(self.now)
        return [one for one in found if one.state == "firing"]

    def restarts(self) -> None:
        self.total = 0.0


def test_a_restart_alone_is_no_alarm() -> None:
    shop = Counted()
    assert shop.goes_on(200, per_minute=300) == []
    shop.restarts()
    assert shop.goes_on(30, per_minute=300) == []


@pytest.mark.parametrize("again", [True, False])
def test_what_is_unlike_itself_after_a_restart_says_that_there_was_one(again: bool) -> None:
    shop = Counted()
    shop.goes_on(200, per_minute=300)
    if again:
        shop.restarts()
        began = shop.now + MINUTE
        assert shop.goes_on(3, per_minute=300) == []
    found = shop.goes_on(10, per_minute=9_000)
    assert len(found) == 1
    title = found[0].title.raw
    assert "requests_total of shop: expected" in title
    assert ("its counter began anew at" in title) == again
    if again:
        assert f"its counter began anew at {began:%H:%M:%S} UTC: what counts was restarted" in title


def test_a_restart_of_long_ago_is_no_news() -> None:
    shop = Counted()
    shop.goes_on(200, per_minute=300)
    shop.restarts()
    shop.goes_on(int(NEWS / 60) + 2, per_minute=300)
    found = shop.goes_on(10, per_minute=9_000)
    assert len(found) == 1
    assert "began anew" not in found[0].title.raw


@given(st.lists(st.tuples(st.integers(1, 400), st.integers(0, 50)), min_size=1, max_size=30), st.booleans())
def test_the_last_fall_of_a_counter_is_known_however_its_values_come(
    steps: list[tuple[int, int]], together: bool
) -> None:
    times = np.cumsum([float(gap) for gap, _ in steps])
    values = np.array([float(value) for _, value in steps])
    rates = Rates()
    rates.grow(1)
    for part in [slice(None)] if together else [slice(i, i + 1) for i in range(len(steps))]:
        some = values[part]
        rates.per_second(np.zeros(len(some), np.intp), times[part], some, kinds=np.full(len(some), Kind.COUNTER, np.int8),
                         once=len(some) == 1)  # fmt: skip
    falls = [float(times[at]) for at in range(1, len(steps)) if values[at] < values[at - 1]]
    last = falls[-1] if falls else math.nan
    assert rates.reset[0] == last or (math.isnan(rates.reset[0]) and not falls)
    assert rates.reset_before(0, last + NEWS) == (last if falls else None)
    assert rates.reset_before(0, last - 1) is None
