"""The rich detector: causal, whole numbers out, and strange only where something is."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tickless.stages.sense.detection.features import WIDTH, Bounds, Shape, TimeOfDay
from tickless.stages.sense.detection.rich import NOTABLE, Judgement, RichDetector
from tickless.stages.sense.detection.tails import Tail

START = 1_767_225_600.0
STEP = 900.0
ANYTHING = st.floats(allow_nan=True, allow_infinity=True)


def day(points: int, seed: int = 1) -> list[float]:
    chance = random.Random(seed)
    return [100 + 30 * math.sin(2 * math.pi * place / 96) + chance.gauss(0, 2) for place in range(points)]


def fed(values: list[float], **kwargs: float) -> list[Judgement]:
    detector = RichDetector(**kwargs)
    return [detector.update(START + STEP * place, value) for place, value in enumerate(values)]


def test_a_jump_is_notable_and_its_cause_is_told() -> None:
    values = day(900)
    values[800] += 120
    judged = fed(values)
    assert judged[800].onset > NOTABLE
    assert judged[800].alarm
    assert judged[800].parts.time_of_day > 3
    assert judged[800].parts.bounds > 1
    assert judged[800].expected_low < 100 + 30 * math.sin(2 * math.pi * 800 / 96) < judged[800].expected_high
    assert max(one.onset for one in judged[400:800]) < NOTABLE
    assert judged[830].onset == 0 or judged[830].onset < judged[830].state


def test_a_quiet_day_where_a_busy_one_was_is_a_strange_shape() -> None:
    values = day(1_200)
    values[1_000:1_060] = [100.0] * 60
    judged = fed(values)
    assert max(one.parts.shape for one in judged[1_000:1_080]) > max(one.parts.shape for one in judged[700:1_000])


@given(cut=st.integers(1, 300), seed=st.integers(0, 9))
@settings(max_examples=4)
def test_what_comes_later_changes_nothing_that_was_said(cut: int, seed: int) -> None:
    values = day(300, seed)
    other = values[:cut] + [-3 * one for one in values[cut:]]
    assert fed(values)[:cut] == fed(other)[:cut]


@given(values=st.lists(ANYTHING, min_size=1, max_size=150))
@settings(max_examples=40)
def test_whatever_comes_in_only_numbers_come_out(values: list[float]) -> None:
    for one in fed(values):
        assert all(math.isfinite(number) for number in (*one[:4], *one.parts))
        assert 0 <= one.onset <= 36


@given(level=st.floats(-1e9, 1e9))
@settings(max_examples=4)
def test_a_constant_series_never_alarms(level: float) -> None:
    for one in fed([level] * 200, alarms_per_week=50):
        assert one.onset == 0
        assert not one.alarm


@given(scale=st.sampled_from([2.0**-10, 0.5, 64.0]), shift=st.sampled_from([0.0, 1024.0, -4096.0]))
@settings(max_examples=4)
def test_another_unit_or_zero_is_the_same_series(scale: float, shift: float) -> None:
    values = day(400)
    values[350] += 100
    for one, two in zip(fed(values), fed([scale * (value + shift) for value in values]), strict=True):
        assert one.onset == pytest.approx(two.onset, abs=0.02)
        assert one.alarm == two.alarm


def test_missing_points_change_nothing() -> None:
    values = day(300)
    holed = RichDetector()
    judged = []
    for place, value in enumerate(values):
        judged.append(holed.update(START + STEP * place, value))
        assert holed.update(START + STEP * place + 1, math.nan).onset == 0
        assert holed.update(START + STEP * place - 100, 1e9).onset == 0
    assert judged == fed(values)


def test_distances_that_are_carried_on_are_the_distances() -> None:
    values = day(700)
    values[300] = 1e7
    shape = Shape()
    told = [shape.push(value) for value in values]
    for place in (150, 299, 340, 400, 699):
        now = values[place - WIDTH + 1 : place + 1]
        earlier = (values[end - WIDTH + 1 : end + 1] for end in range(WIDTH - 1, place - WIDTH + 1))
        nearest = min(math.dist(now, one) for one in earlier)
        assert told[place] == pytest.approx(nearest, rel=3e-3)
    assert told[2 * WIDTH - 2] is None
    assert told[2 * WIDTH - 1] is not None


def test_shapes_do_not_straddle_a_silence() -> None:
    detector = RichDetector()
    for place, value in enumerate(day(300)):
        detector.update(START + STEP * place, value)
    after = [detector.update(START + 40 * 86_400 + STEP * place, value) for place, value in enumerate(day(95))]
    assert {one.parts.shape for one in after} == {0.0}


def test_bounds_and_times_of_day() -> None:
    bounds, of_day = Bounds(), TimeOfDay()
    assert [bounds.push(value) for value in (5, 7, 6, 10, 1)] == [0, 2, 0, 3, 4]
    assert [of_day.push(START + day * 86_400, value) for day, value in enumerate((4, 6, 5))] == [None, 2, 0]


@given(numbers=st.lists(st.floats(-1e6, 1e6), min_size=30, max_size=200), more=st.floats(0, 1e6))
@settings(max_examples=30)
def test_what_is_larger_is_rarer(numbers: list[float], more: float) -> None:
    tail = Tail()
    for number in numbers:
        tail.push(number)
    assert 0 <= tail.rarity(numbers[0]) <= tail.rarity(numbers[0] + more) + 0.2
    assert tail.rarity(max(numbers) * 2 + 1e9) > 1
    assert tail.rarity(min(numbers)) == pytest.approx(0, abs=0.02)


def test_a_tail_forgets() -> None:
    tail = Tail(memory=100)
    for number in [1000.0] * 100 + [float(one) for one in range(100)]:
        tail.push(number)
    assert tail.rarity(150.0) > 1.5
    assert tail.quantile(0.5) == 50
