"""Forecasts look at the past only, bands hold what they promise, and alarms begin and end for a reason."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tickless.stages.sense.forecast.bands import Bands
from tickless.stages.sense.forecast.exhaustion import IN_A_ROW, QUIET, Crossing, Watch, crossing, told
from tickless.stages.sense.forecast.experts import ask, council, slope
from tickless.stages.sense.forecast.forecaster import HOURS, Forecast, Forecaster

Floats = NDArray[np.float64]
HOUR = 1
"""Steps of an hour: coarse, and quick."""
VALUES = st.lists(st.floats(-1e6, 1e6) | st.just(float("nan")), min_size=1, max_size=80)


def fed(values: Floats | list[float], *, every: int = 1) -> tuple[Forecaster, Forecast]:
    forecaster, said = Forecaster(HOUR), None
    for step, value in enumerate(values):
        forecaster.add(float(value))
        if step % every == 0 or step == len(values) - 1:
            said = forecaster.forecast()
    assert said is not None
    return forecaster, said


@settings(max_examples=20)
@given(VALUES, VALUES)
def test_what_is_said_does_not_depend_on_what_comes_later(before: list[float], after: list[float]) -> None:
    _, alone = fed(before)
    forecaster, said = Forecaster(HOUR), None
    for place, value in enumerate([*before, *after]):
        forecaster.add(value)
        now = forecaster.forecast()
        said = now if place == len(before) - 1 else said
    assert said is not None
    for one, other in zip((alone.low, alone.middle, alone.high), (said.low, said.middle, said.high), strict=True):
        np.testing.assert_array_equal(one, other)


@settings(max_examples=20)
@given(VALUES)
def test_nothing_infinite_comes_out_and_the_band_is_a_band(values: list[float]) -> None:
    _, said = fed(values)
    assert not np.any(np.isinf(said.middle))
    known = np.isfinite(said.low) & np.isfinite(said.high)
    assert np.all(said.low[known] <= said.high[known])


@settings(max_examples=6)
@given(st.floats(0.1, 10), st.floats(-100, 100), st.integers(0, 5))
def test_another_unit_gives_the_same_forecast_in_that_unit(scale: float, shift: float, seed: int) -> None:
    values = np.cumsum(np.random.default_rng(seed).normal(0.1, 1, 60))
    _, said = fed(values)
    _, other = fed(values * scale + shift)
    np.testing.assert_allclose(
        other.middle, said.middle * scale + shift, rtol=1e-6, atol=1e-6 * scale + 1e-9 * abs(shift)
    )


def test_a_steady_rise_is_gone_on_with_and_a_constant_stays() -> None:
    _, rising = fed([float(step) for step in range(200)])
    np.testing.assert_allclose(rising.middle, 199 + np.array(HOURS), rtol=0.02)
    _, still = fed([7.0] * 200)
    np.testing.assert_allclose(still.middle, 7.0)
    assert not crossing(7.0, 7.1, still).pressing


def test_what_is_emptied_every_night_is_not_used_up() -> None:
    values = [40.0 + 2 * (step % 24) for step in range(24 * 14)]
    forecaster, watch = Forecaster(HOUR), Watch()
    begun = []
    for step, value in enumerate(values):
        forecaster.add(value)
        said = forecaster.forecast()
        if step > 24 * 8 and watch.see(crossing(value, 95.0, said)):
            begun.append(step)
    assert begun == []


def test_the_band_holds_nine_of_ten_of_a_random_walk() -> None:
    values = np.cumsum(np.random.default_rng(3).normal(0, 1, 24 * 50))
    forecaster = Forecaster(HOUR)
    inside = count = 0
    for step, value in enumerate(values):
        forecaster.add(float(value))
        said = forecaster.forecast()
        if step > 24 * 15 and step + 24 < len(values):
            count += 1
            inside += bool(said.low[-1] <= values[step + 24] <= said.high[-1])
    assert inside / count == pytest.approx(0.9, abs=0.06)


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=200))
def test_a_missed_value_widens_its_side_only(errors: list[float]) -> None:
    bands = Bands(2)
    for error in errors:
        before = bands.shares.copy()
        bands.learn(1, error, -10.0, 10.0)
        assert (bands.shares[0, 1] < before[0, 1]) == (error < -10 and before[0, 1] > -0.5)
        assert (bands.shares[1, 1] < before[1, 1]) == (error > 10 and before[1, 1] > -0.5)
        assert np.array_equal(bands.shares[:, 0], before[:, 0])


def test_hours_until_the_limit_come_from_band_and_forecast() -> None:
    hours = np.array(HOURS, dtype=np.float64)
    said = Forecast(HOURS, middle=90 + hours, low=90 + hours / 2, high=90 + 2 * hours)
    found = crossing(90.0, 100.0, said)
    assert found.likely == pytest.approx(10)
    assert found.earliest == pytest.approx(5)
    assert found.latest == pytest.approx(20)
    assert found.pressing
    assert (
        told("/var", 90, 100, found, unit=" %")
        == "/var is at 90 of 100 %: used up in about 10 hours, between 5 and 20."
    )
    assert crossing(100.0, 100.0, said) == Crossing(0.0, 0.0, 0.0)
    assert "not used up" in told("/var", 10, 100, crossing(10.0, 1_000.0, said))


@given(st.lists(st.booleans(), max_size=60))
def test_an_alarm_begins_when_looks_agree_and_ends_when_it_was_quiet(pressing: list[bool]) -> None:
    watch, row, quiet, on = Watch(), 0, 0, False
    for now in pressing:
        found = Crossing(1.0 if now else None, None, None)
        row, quiet = (row + 1, 0) if now else (0, quiet + 1)
        on = on and quiet < QUIET
        begins = not on and row >= IN_A_ROW
        on = on or begins
        assert watch.see(found) == begins
        assert watch.on == on


def test_the_median_of_slopes_forgets_outliers_and_too_few_points() -> None:
    values = np.arange(40, dtype=np.float64)
    values[7] = 1_000
    assert slope(values, 40) == pytest.approx(1, abs=0.05)
    assert np.isnan(slope(values[:2], 40))
    assert np.isnan(ask(council(HOUR), np.array([np.nan] * 30), np.array([1, 24]))).all()
