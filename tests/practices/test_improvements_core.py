"""Improvements: late or not, and whether the benefit arrived."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.improvement import Counted, Improvement, Measurement
from tickless.practices.improvements.core import benefit, interval, overdue

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def improvement(**given_: object) -> Improvement:
    plain = {
        "id": "imp-1",
        "title": "Second disk",
        "due_at": NOW,
        "made_by": "a",
        "made_at": NOW,
        "state": "done",
        "done_at": NOW,
        "baseline": 20.0,
        "expected": 10.0,
        "unit": "cases",
    }
    return Improvement.model_validate({**plain, **given_})


def found(value: float, low: float | None = None, high: float | None = None) -> Measurement:
    return Measurement(at=NOW + DAY, value=value, low=low, high=high, by="b", evidence="counted")


values = st.floats(-1_000, 1_000, allow_nan=False)


@given(values, values, values)
def test_the_share_is_of_what_was_expected(baseline: float, expected: float, value: float) -> None:
    got = benefit(improvement(baseline=baseline, expected=expected, measured=(found(value),)), NOW + 2 * DAY)
    if baseline == expected:
        assert got.verdict == "not_measured"
        return
    assert got.share is not None
    if value == expected:
        assert got.verdict == "arrived"
    if value == baseline:
        assert got.verdict == "not_arrived"


def test_chance_is_not_a_benefit() -> None:
    assert benefit(improvement(measured=(found(12, 6, 21),)), NOW + 2 * DAY).verdict == "not_arrived"
    assert benefit(improvement(measured=(found(12, 6, 19),)), NOW + 2 * DAY).verdict == "arrived"
    assert benefit(improvement(measured=(found(16),)), NOW + 2 * DAY).verdict == "partly"


def test_nothing_is_said_before_it_can_be() -> None:
    assert benefit(improvement(state="under_way", done_at=None), NOW).verdict == "too_soon"
    assert benefit(improvement(), NOW).verdict == "not_measured"
    counted = improvement(counted=Counted(service="x", days=28))
    assert benefit(counted, NOW + 27 * DAY).verdict == "too_soon"
    assert benefit(counted, NOW + 28 * DAY).verdict == "not_measured"
    before = improvement(measured=(found(10).model_copy(update={"at": NOW - DAY}),))
    assert benefit(before, NOW + DAY).verdict == "not_measured", "what was measured before it was done shows nothing"


@given(st.integers(0, 10_000))
def test_an_interval_holds_what_was_counted(count: int) -> None:
    low, high = interval(count)
    assert 0 <= low <= count <= high


def test_what_is_over_is_never_late() -> None:
    assert overdue(improvement(state="agreed"), NOW + DAY)
    assert not overdue(improvement(state="dropped"), NOW + DAY)
    assert not overdue(improvement(), NOW + DAY)
