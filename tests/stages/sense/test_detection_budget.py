"""Budgets, feedback, counters, changes and explanations: the small parts of detection."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tickless.stages.sense.detection.budget import WEEK, Budget, Pool
from tickless.stages.sense.detection.changes import ChangeFinder
from tickless.stages.sense.detection.counters import CounterRates
from tickless.stages.sense.detection.explaining import Seen, chart, explain
from tickless.stages.sense.detection.feedback import MOST, decades_of
from tickless.stages.sense.detection.rich import Judgement, Parts

START = 1_767_225_600.0


def delivered(asked: float, *, heavy: bool, series: int = 15, weeks: int = 8) -> float:
    """Alarms per series and week for scores of one tail or another, one every hour."""
    chance = random.Random(7)
    pool = Pool()
    budgets = [Budget(asked, pool=pool) for _ in range(series)]
    alarms = 0
    for hour in range(weeks * 168):
        for one in budgets:
            score = chance.expovariate(1.0) ** (2 if heavy else 1)
            alarms += one.push(score, time=START + 3_600 * hour, gone=3_600.0 if hour else 0.0)
    return alarms / series / weeks


@pytest.mark.parametrize("heavy", [False, True])
@pytest.mark.parametrize("asked", [1.0, 4.0])
def test_a_budget_is_met_whatever_the_tail(asked: float, heavy: bool) -> None:
    assert asked / 1.5 <= delivered(asked, heavy=heavy) <= asked * 1.5


def test_a_budget_must_be_one() -> None:
    for wrong in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="budget"):
            Budget(wrong)


def test_a_storm_does_not_make_the_house_deaf() -> None:
    pool = Pool()
    pool.spend(3, alarms=10_000, allowed=0.1)
    assert pool.corrections.max() < 0.5
    for _ in range(1_000):
        pool.spend(3, alarms=10_000, allowed=0.1)
    assert pool.corrections.max() <= 1.0


def test_noise_makes_rarer_and_useful_easier() -> None:
    assert decades_of(["noise"]) > 0 > decades_of(["useful"])
    assert decades_of([]) == 0
    assert decades_of(["noise", "useful"]) < decades_of(["noise"])
    assert decades_of(["noise"] * 50) == MOST == -decades_of(["useful"] * 50)


def test_forgiven_series_alarm_less() -> None:
    counts = []
    for decades in (0.0, decades_of(["noise", "noise", "noise"])):
        chance = random.Random(5)
        budget = Budget(5.0)
        budget.forgive(decades)
        pushed = [budget.push(chance.expovariate(1), time=START + 600 * n, gone=600.0) for n in range(3_000)]
        counts.append(sum(pushed[:1_500]))
    assert counts[1] < counts[0]


def test_counters_become_rates() -> None:
    rates = CounterRates(2)
    assert np.isnan(rates.update(slice(0, 2), START, [100, 5])).all()
    assert rates.update(slice(0, 2), START + 10, [150, 5]).tolist() == [5.0, 0.0]
    assert rates.update(slice(0, 2), START + 20, [20, 6]).tolist() == [2.0, 0.1], "a restart is no fall"
    assert np.isnan(rates.update(np.array([0]), START + 15, [30])[0]), "late"
    assert np.isnan(rates.update(np.array([0]), START + 25, [np.nan])[0])
    assert rates.update(np.array([0]), START + 30, [30])[0] == 1.0
    assert np.isnan(rates.update(np.array([0]), START + 50_000, [1e6])[0]), "after long silence"
    rates.forget(np.array([1]))
    assert np.isnan(rates.update(np.array([1]), START + 60, [9])[0])


@given(steps=st.lists(st.floats(0, 1e9), min_size=2, max_size=40))
@settings(max_examples=30)
def test_rates_are_never_negative(steps: list[float]) -> None:
    rates = CounterRates(1)
    told = [rates.update(slice(0, 1), START + 10.0 * n, [value])[0] for n, value in enumerate(steps)]
    assert np.isnan(told[0])
    assert all(one >= 0 for one in told[1:])


def test_a_level_that_changes_is_found_where_it_did() -> None:
    chance = random.Random(3)
    values = [10 + chance.gauss(0, 1) for _ in range(200)] + [30 + chance.gauss(0, 1) for _ in range(200)]
    values[100] = 500.0
    finder = ChangeFinder()
    found = [change for n, value in enumerate(values) if (change := finder.push(START + 60.0 * n, value))]
    assert len(found) == 1
    assert abs(found[0].time - (START + 60.0 * 200)) <= 5 * 60
    assert found[0].before == pytest.approx(10, abs=1)
    assert found[0].after == pytest.approx(30, abs=1)


def seen(value: float, *, alarm: bool = False, number: int = 0) -> Seen:
    parts = Parts(time_of_day=4.0, bounds=3.0, shape=0.3)
    return Seen(START + 60 * number, value, Judgement(7.3, 7.3, 40.0, 60.0, alarm, parts))


def test_an_explanation_says_what_was_expected_and_how_often() -> None:
    said = explain(seen(181, alarm=True), earlier_alarms=[START - WEEK, START - 60], unit=" ms")
    assert said == (
        "expected 40–60 ms, saw 181 ms; unlike this time of day, and beyond all that was seen before; "
        "the third such alarm since 25 December"
    )
    assert explain(seen(181)) == (
        "expected 40–60, saw 181; unlike this time of day, and beyond all that was seen before"
    )  # fmt: skip


@given(count=st.integers(0, 300), most=st.integers(1, 40), place=st.integers(0, 299))
@settings(max_examples=30)
def test_a_chart_loses_no_mark_and_no_extreme(count: int, most: int, place: int) -> None:
    points = [seen(1000.0 if n == place else 50.0, alarm=n == place, number=n) for n in range(count)]
    columns = chart(points, most=most)
    assert len(columns) <= most
    assert [one.marked for one in columns].count(True) == (place < count)
    assert max((one.value_high for one in columns), default=0) == max((one.value for one in points), default=0)
    assert all(one.low == 40 and one.high == 60 for one in columns)
