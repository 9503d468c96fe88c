"""`Prevented` is said only when everything that it takes is there: never more often than that."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.sighting import Ahead, Crossing
from tickless.stages.verify.counterfactual import NO_FORECAST, Foreseen, Measured, argue

START = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)


def at(minutes: float) -> dt.datetime:
    return START + dt.timedelta(minutes=minutes)


def rising(*, made: float = 0.0, latest: float | None = 60.0) -> Foreseen:
    """From 80 to 100 within an hour, five about it."""
    path = [Ahead(at=at(made + step).timestamp(), middle=80 + step / 3, low=79 + step / 3.5, high=81 + step / 2.5)
            for step in range(0, 121, 10)]  # fmt: skip
    crossing = Crossing(
        likely=at(made + 50), earliest=at(made + 40), latest=None if latest is None else at(made + latest)
    )
    return Foreseen(at(made), 100.0, path, crossing, "calibrated", unit=" %")


def held(
    foreseen: Foreseen | None, values: list[tuple[float, float]], *, acted: float = 10.0, ended: float = 12.0
) -> bool:
    measured = [Measured(at(minute), value, "a probe") for minute, value in values]
    return argue(foreseen, acted_at=at(acted), ended_at=at(ended), measured=measured).holds


def test_it_takes_a_forecast_an_interval_an_action_in_time_and_a_trend_that_is_broken() -> None:
    assert held(rising(), [(13, 40.0)])
    assert not held(None, [(13, 40.0)])
    assert not held(rising(made=11), [(13, 40.0)])
    assert not held(rising(latest=None), [(13, 40.0)])
    assert not held(rising(), [(75, 40.0)], acted=70, ended=71)
    assert not held(rising(), [])
    assert not held(rising(), [(13, 84.0)])
    assert not held(rising(), [(9.5, 78.0), (13, 40.0)])


def test_the_argument_says_each_step() -> None:
    told = argue(rising(), acted_at=at(10), ended_at=at(12), measured=[Measured(at(13), 40.0, "disk.usage")]).lines
    assert [line.split(" ")[0] for line in told] == ["Foreseen", "The", "Measured"]
    assert "between 01 May 2026 00:40:00 UTC and 01 May 2026 01:00:00 UTC" in told[0]
    assert "40 %" in told[2]
    assert "the trend is broken by the action" in told[2]
    assert argue(None, acted_at=at(0), ended_at=at(1), measured=[]).lines == (NO_FORECAST,)


@given(
    made=st.floats(-60, 60),
    latest=st.none() | st.floats(50, 200),
    acted=st.floats(0, 120),
    values=st.lists(st.tuples(st.floats(-60, 200), st.floats(0, 110)), max_size=6),
)
def test_it_never_holds_without_each_of_its_parts(
    made: float, latest: float | None, acted: float, values: list[tuple[float, float]]
) -> None:
    foreseen = rising(made=made, latest=latest)
    values = sorted(values)
    if held(foreseen, values, acted=acted, ended=acted + 1):
        assert made <= acted
        assert latest is not None
        assert acted < made + latest
        after = [value for minute, value in values if minute > acted + 1]
        assert after
        assert after[-1] < 100
