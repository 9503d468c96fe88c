"""The bank: thousands of series in one update say what one series at a time says, and nothing but what came before counts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tickless.stages.sense.detection.bank import Bank
from tickless.stages.sense.detection.reading import Reading

START = 1_767_225_600.0
STEP = 60.0
FLOATS = st.floats(-1e6, 1e6, width=32)
ANYTHING = st.floats(allow_nan=True, allow_infinity=True, width=64)


def noise(points: int, series: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(100, 5, size=(points, series)).astype(np.float32)


def fed(bank: Bank, rows: np.ndarray, *, begin: float = START) -> list[Reading]:
    width = rows.shape[1]
    return [bank.update(slice(0, width), begin + STEP * number, row) for number, row in enumerate(rows)]


def same(one: Reading, other: Reading) -> bool:
    return all(np.array_equal(left, right) for left, right in zip(one, other, strict=True))


def test_a_jump_is_an_onset_an_alarm_and_then_a_state() -> None:
    rows = noise(400, 3)
    rows[300:310, 1] += 100
    readings = fed(Bank(3, alarms_per_week=1), rows)
    assert readings[300].onset[1] > 4
    assert readings[300].alarm.tolist() == [False, True, False]
    assert readings[300].expected_low[1] < 100 < readings[300].expected_high[1] < rows[300, 1]
    assert readings[309].state[1] > 3 > readings[299].state[1]
    assert sum(int(one.alarm[1]) for one in readings[300:]) == 1, "what goes on is said once"


def test_a_day_that_returns_is_expected() -> None:
    minutes = np.arange(8 * 288)
    rows = (50 + 40 * np.sin(2 * np.pi * minutes / 288) + np.random.default_rng(3).normal(size=len(minutes)))[:, None]
    bank = Bank(1)
    last = [bank.update(slice(0, 1), START + 300.0 * place, row) for place, row in enumerate(rows.astype(np.float32))]
    inside = [one.expected_low[0] <= row[0] <= one.expected_high[0] for one, row in zip(last, rows, strict=True)]
    assert np.mean(inside[-288:]) > 0.85
    width = np.mean([one.expected_high[0] - one.expected_low[0] for one in last[-288:]])
    assert width < 20, "the band follows the day, it does not cover it"


@given(level=FLOATS)
@settings(max_examples=4)
def test_a_constant_series_never_alarms(level: float) -> None:
    for reading in fed(Bank(1, alarms_per_week=100), np.full((200, 1), level, np.float32)):
        assert reading.onset[0] == 0
        assert not reading.alarm[0]


@given(values=st.lists(ANYTHING, min_size=1, max_size=80), times=st.lists(ANYTHING, min_size=1, max_size=80))
@settings(max_examples=30)
def test_whatever_comes_in_only_numbers_come_out(values: list[float], times: list[float]) -> None:
    bank = Bank(2)
    for value, time in zip(values, times, strict=False):
        reading = bank.update(np.array([0, 1]), time, np.array([value, 1.0]))
        assert all(np.isfinite(column).all() for column in reading)
    assert all(np.isfinite(column).all() for column in bank.update(slice(0, 2), START * 2, np.ones(2, np.float32)))


def test_missing_points_change_nothing() -> None:
    rows = noise(200, 2)
    plain, holed = Bank(2), Bank(2)
    for place, row in enumerate(rows):
        now = START + STEP * place
        first = plain.update(slice(0, 2), now, row)
        assert same(holed.update(slice(0, 2), now, row), first)
        gap = holed.update(np.array([1, 0]), now + 1, np.array([np.nan, np.inf]))
        assert gap.onset.tolist() == [0, 0]
        late = holed.update(np.array([0]), now - 30, np.array([1e6]))
        assert not late.alarm[0]


def test_all_at_once_is_one_at_a_time() -> None:
    rows = noise(160, 5)
    rows[120:, 2] *= 3
    together, alone = Bank(5), [Bank(1) for _ in range(5)]
    for place, row in enumerate(rows):
        now = START + STEP * place
        whole = together.update(slice(0, 5), now, row)
        for series, bank in enumerate(alone):
            part = bank.update(slice(0, 1), now, row[series : series + 1])
            for column in ("onset", "state", "expected_low", "expected_high"):
                np.testing.assert_array_equal(getattr(part, column)[0], getattr(whole, column)[series])


@given(order=st.permutations(range(6)), data=st.data())
@settings(max_examples=4)
def test_order_and_batches_do_not_matter(order: list[int], data: st.DataObject) -> None:
    rows = noise(70, 6, seed=data.draw(st.integers(0, 9)))
    ranged, picked = Bank(6), Bank(6)
    moments = START + STEP * np.arange(len(rows))
    reference = [ranged.update(slice(0, 6), now, row) for now, row in zip(moments, rows, strict=True)]
    which = np.tile(np.array(order), len(rows))
    reading = picked.update(which, np.repeat(moments, 6), rows[:, order].ravel())
    onset = reading.onset.reshape(len(rows), 6)
    np.testing.assert_allclose(onset, [one.onset[order] for one in reference], rtol=1e-5, atol=1e-5)


@given(cut=st.integers(1, 250), seed=st.integers(0, 20))
@settings(max_examples=4)
def test_what_comes_later_changes_nothing_that_was_said(cut: int, seed: int) -> None:
    rows = noise(260, 2, seed=seed)
    other = rows.copy()
    other[cut:] = other[cut:] * -7 + 3
    for one, two in zip(fed(Bank(2), rows)[:cut], fed(Bank(2), other)[:cut], strict=True):
        assert same(one, two)


@given(scale=st.sampled_from([0.125, 0.5, 4.0, 1024.0]), seed=st.integers(0, 20))
@settings(max_examples=3)
def test_another_unit_is_the_same_series(scale: float, seed: int) -> None:
    rows = noise(300, 2, seed=seed)
    rows[250] += 60
    for one, two in zip(fed(Bank(2), rows), fed(Bank(2), rows * np.float32(scale)), strict=True):
        np.testing.assert_allclose(one.onset, two.onset, rtol=1e-3, atol=1e-3)
        np.testing.assert_array_equal(one.alarm, two.alarm)


def test_a_shifted_series_alarms_alike() -> None:
    rows = noise(400, 2)
    rows[350] += 80
    one, two = fed(Bank(2), rows), fed(Bank(2), rows + np.float32(1000))
    assert [a.alarm.tolist() for a in one] == [b.alarm.tolist() for b in two]
    np.testing.assert_allclose(one[350].onset, two[350].onset, rtol=0.05)


def test_a_restored_bank_goes_on_as_if_nothing_had_been() -> None:
    rows = noise(300, 3)
    bank = Bank(3)
    fed(bank, rows[:200])
    again = Bank.restore(bank.export())
    begin = START + 200 * STEP
    for one, two in zip(fed(bank, rows[200:], begin=begin), fed(again, rows[200:], begin=begin), strict=True):
        assert same(one, two)
    with pytest.raises(ValueError, match="arrays of a bank"):
        Bank.restore(bank.export() | {"rows": np.zeros((2, 3))})


def test_a_place_that_was_forgotten_is_new() -> None:
    bank = Bank(2)
    fed(bank, noise(200, 2))
    bank.forget(np.array([1]))
    reading = bank.update(slice(0, 2), START + 1e6, np.array([100, 1e6], np.float32))
    assert reading.onset[1] == 0
    assert reading.expected_low[1] <= 1e6 <= reading.expected_high[1]


def test_a_silence_is_no_jump() -> None:
    bank = Bank(1)
    fed(bank, noise(300, 1))
    assert bank.update(slice(0, 1), START + 3 * 86_400, np.array([900], np.float32)).onset[0] == 0


def test_what_is_wrong_is_refused() -> None:
    bank = Bank(2)
    with pytest.raises(IndexError):
        bank.update(np.array([2]), START, np.array([1.0]))
    with pytest.raises(ValueError, match="one length"):
        bank.update(np.array([0, 1]), START, np.array([1.0]))
    with pytest.raises(ValueError, match="budget"):
        bank.set_budget(slice(0, 2), 0)


def test_a_larger_budget_is_more_alarms() -> None:
    rows = noise(600, 40)
    few, many = Bank(40, alarms_per_week=2), Bank(40, alarms_per_week=2)
    many.set_budget(slice(0, 40), 40)
    count = [sum(int(one.alarm.sum()) for one in fed(bank, rows)) for bank in (few, many)]
    weeks = 40 * 600 * STEP / (7 * 86_400)
    assert count[0] < count[1] <= 2 * 40 * weeks


def test_what_a_series_costs_is_what_is_said() -> None:
    held = sum(array.nbytes for name, array in Bank(1_000).export().items() if name != "pool")
    assert held == 1_000 * Bank.BYTES_PER_SERIES
