"""Series: rates of counters, what there is room for, what goes cold, and what is kept over a restart."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.stages.sense.detection.bank_state import BankState
from tickless.stages.sense.telemetry import snapshot
from tickless.stages.sense.telemetry.batch import Batch
from tickless.stages.sense.telemetry.index import REFUSED
from tickless.stages.sense.telemetry.labels import Kind, labels_of
from tickless.stages.sense.telemetry.metrics import AHEAD, LINGER, Anomaly, Metrics

START = 1_770_000_000.0


def new_metrics(most: int = 100, of_source: int = 100, per_week: float = 5.0) -> Metrics:
    return Metrics(most=most, most_of_source=of_source, alarms_per_week=per_week)


def known(metrics: Metrics) -> BankState:
    return BankState.of(metrics.bank.export())


def place(metrics: Metrics, name: str, kind: Kind = Kind.GAUGE, source: str = "one") -> int:
    book = metrics.index.book(source, "test")
    return metrics.index.place(book, name.encode(), labels_of([("__name__", name)]), kind)


def batch_of(*rows: tuple[int, float, float]) -> Batch:
    batch = Batch()
    slots, times, values = zip(*rows, strict=True)
    batch.add(slots, times, values)
    return batch


def watched(metrics: Metrics, kind: Kind, rows: list[tuple[float, float]], *, together: bool) -> list[float]:
    """What is watched of a series' (time, value), sent in one batch or one by one."""
    slot = place(metrics, kind.name, kind)
    parts = [rows] if together else [[row] for row in rows]
    found: list[float] = []
    for part in parts:
        slots = np.full(len(part), slot, np.intp)
        times, values = (np.array(column, np.float64) for column in zip(*part, strict=True))
        kinds = np.full(len(part), kind, np.int8)
        found += metrics.rates.per_second(slots, times, values, kinds=kinds, once=len(part) == 1).tolist()
    return found


@pytest.mark.parametrize("together", [True, False])
def test_counters_are_told_per_second_and_begin_again_at_zero(together: bool) -> None:
    rows = [(10.0, 100.0), (20.0, 150.0), (30.0, 150.0), (40.0, 20.0), (40.0, 30.0), (35.0, 40.0), (50.0, 40.0)]
    found = watched(new_metrics(), Kind.COUNTER, rows, together=together)
    assert np.isnan([found[0], found[4], found[5]]).all()
    if not together:
        assert [found[row] for row in (1, 2, 3, 6)] == [5.0, 0.0, 2.0, 2.0]
    else:
        assert found[1:4] == [5.0, 0.0, 2.0]


def test_deltas_are_shares_of_the_time_since_the_one_before_and_gauges_stay() -> None:
    found = watched(new_metrics(), Kind.DELTA, [(10.0, 30.0), (20.0, 30.0), (25.0, 30.0)], together=False)
    assert found[1:] == [3.0, 6.0]
    assert watched(new_metrics(), Kind.GAUGE, [(10.0, 7.0), (20.0, -1.0)], together=True) == [7.0, -1.0]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 30), st.integers(0, 100)), min_size=1, max_size=40))
def test_rates_do_not_depend_on_how_values_are_put_together(rows: list[tuple[int, int, int]]) -> None:
    ordered = sorted({(slot, time): value for slot, time, value in rows}.items(), key=lambda row: row[0][1])
    apart, together = new_metrics(), new_metrics()
    found = []
    for metrics in (apart, together):
        for name in "abcd":
            place(metrics, name, Kind.COUNTER)
    for (slot, time), value in ordered:
        one = np.array([slot]), np.array([float(time)]), np.array([float(value)])
        found += apart.rates.per_second(*one, kinds=np.full(1, Kind.COUNTER, np.int8), once=True).tolist()
    slots, times = np.array([slot for (slot, _), _ in ordered]), np.array([float(time) for (_, time), _ in ordered])
    values = np.array([float(value) for _, value in ordered])
    kinds = np.full(len(slots), Kind.COUNTER, np.int8)
    at_once = together.rates.per_second(slots, times, values, kinds=kinds, once=False)
    np.testing.assert_array_equal(np.array(found), at_once)


def test_room_is_bounded_by_source_and_in_all_whatever_is_sent() -> None:
    metrics = new_metrics(most=5, of_source=3)
    assert [place(metrics, f"a{number}") for number in range(5)][3:] == [REFUSED, REFUSED]
    assert [place(metrics, f"b{number}", source="two") for number in range(4)][2:] == [REFUSED, REFUSED]
    book = metrics.index.book("one", "test")
    for number in range(300_000):
        metrics.index.place(book, str(number).encode(), labels_of([("__name__", str(number))]), Kind.GAUGE)
    assert len(book.places) <= 100_010
    assert len(metrics.index) == 5
    slot = place(metrics, "a0")
    for number in range(1_000):  # one series by ever new bytes
        metrics.index.place(book, b"a0" + bytes(4) + str(number).encode(), labels_of([("__name__", "a0")]), Kind.GAUGE)
    one = metrics.index.series[slot]
    assert one is not None
    assert len(one.keys) <= 4


def test_what_is_cold_makes_room_and_its_anomaly_is_over() -> None:
    metrics = new_metrics(most=2)
    first, second = place(metrics, "first"), place(metrics, "second")
    found: list[Anomaly] = []
    for turn in range(400):
        now = START + 60.0 * turn
        values = [(first, now, 50.0 + turn % 7 if turn < 300 else 9_000.0)] if turn < 301 else []
        found += metrics.take(batch_of(*values, (second, now, 1.0)), source="one", now=now).anomalies
    assert [(one.slot, one.firing) for one in found] == [(first, True)]
    over = metrics.evict(before=START + 60.0 * 350)
    assert [(one.slot, one.firing, math.isnan(one.seen)) for one in over] == [(first, False, True)]
    assert place(metrics, "third") == first
    assert metrics.index.count["one"] == 2


def test_what_is_from_the_future_is_refused_and_spoils_nothing() -> None:
    metrics = new_metrics()
    slot = place(metrics, "a")
    taken = metrics.take(batch_of((slot, START + AHEAD + 1, 5.0), (slot, START, 4.0)), source="one", now=START)
    assert (taken.points, taken.ahead) == (1, 1)
    assert known(metrics).last[slot] == START


def test_a_flood_is_settled_in_one_go_and_nothing_of_it_is_lost() -> None:
    metrics = new_metrics()
    slot = place(metrics, "a")
    for turn in range(10):
        metrics.take(batch_of((slot, START + turn, 1.0)), source="one", now=START + LINGER * turn / 20)
    assert known(metrics).seen[slot] == 1
    metrics.settle(START + 1)
    assert known(metrics).seen[slot] == 10


def test_the_budget_is_for_all_series_together() -> None:
    metrics = new_metrics(per_week=10.0)
    for number in range(40):
        slot = place(metrics, f"s{number}")
        metrics.take(batch_of((slot, START + number, 1.0)), source="one", now=START + number)
    assert known(metrics).budget[0] == pytest.approx(10.0 / 40, rel=0.15)


def test_what_was_learnt_goes_on_where_it_was(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    before, straight = new_metrics(), new_metrics()
    for metrics in (before, straight):
        for number in range(30):
            place(metrics, f"s{number}", Kind.COUNTER if number % 2 else Kind.GAUGE)
    sweeps = [random.normal(100, 3, 30).cumsum() for _ in range(120)]

    def play(metrics: Metrics, which: range) -> list[tuple[int, float, float]]:
        found: list[Anomaly] = []
        for turn in which:
            now = START + 60.0 * turn
            rows = [(slot, now, float(sweeps[turn][slot])) for slot in range(30)]
            found += metrics.take(batch_of(*rows), source="one", now=now).anomalies
        return [(one.slot, one.at, one.low) for one in found]

    play(before, range(80))
    arrays, named = before.export()
    snapshot.write(tmp_path / "kept.npz", arrays, {"series": named})
    kept = snapshot.read(tmp_path / "kept.npz")
    assert kept is not None
    again = new_metrics()
    again.restore(kept[0], kept[1]["series"])
    later = START + 60.0 * 80
    assert [one for one in play(straight, range(120)) if one[1] >= later] == play(again, range(80, 120))
    for name in ("rows", "clocks", "season"):
        np.testing.assert_array_equal(again.bank.export()[name][:, :30], straight.bank.export()[name][:, :30])
    np.testing.assert_array_equal(again.rates.value[:30], straight.rates.value[:30])
