"""The first numbers against what arithmetic says."""

from __future__ import annotations

import statistics
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st
from tests.journal.samples import NOW

from tickless.domain.case import Outcome
from tickless.domain.measure import Resolution
from tickless.stages.measure.core import SHOWN, minutes_saved, outcomes, percentile, seconds_to_verified

OUTCOMES = get_args(Outcome)
resolutions = st.lists(st.builds(
    Resolution, id=st.just("r"), case=st.just("c"), outcome=st.sampled_from(OUTCOMES), door=st.just("human"),
    seconds=st.floats(0, 1e6), minutes_saved=st.integers(0, 60), at=st.just(NOW), need=st.none(), runbook=st.none(),
    service=st.none()), max_size=30)  # fmt: skip


@given(found=resolutions)
def test_every_end_is_counted_once_and_the_seven_always_stand_there(found: list[Resolution]) -> None:
    counted = outcomes(found)
    assert sum(counted.values()) == len(found)
    assert list(counted)[:7] == list(SHOWN)
    assert all(counted[one.outcome] == sum(1 for other in found if other.outcome == one.outcome) for one in found)


@given(values=st.lists(st.floats(-1e9, 1e9), min_size=1), share=st.floats(0, 1))
def test_a_percentile_is_a_value_that_enough_do_not_exceed(values: list[float], share: float) -> None:
    found = percentile(values, share)
    assert found in values
    assert sum(1 for one in values if one <= found) >= share * len(values)
    assert sum(1 for one in values if one < found) <= share * len(values)


def test_known_percentiles() -> None:
    """The worked example of the nearest-rank method (en.wikipedia.org/wiki/Percentile)."""
    values = [15, 20, 35, 40, 50]
    assert [percentile(values, share) for share in (0.05, 0.3, 0.4, 0.5, 1.0)] == [15, 20, 20, 35, 50]
    assert percentile([], 0.5) is None


@given(found=resolutions)
def test_only_what_was_verified_counts_as_time_and_only_what_held_as_saved(found: list[Resolution]) -> None:
    seconds = [one.seconds for one in found if one.outcome in {"verified", "prevented"}]
    told = seconds_to_verified(found)
    assert (told["p50"] is None) is (not seconds)
    if seconds:
        assert told["p50"] == statistics.median_low(seconds)
        assert told["p99"] == sorted(seconds)[-1]
    saved = {"verified", "prevented", "confirmed"}
    assert minutes_saved(found) == sum(one.minutes_saved for one in found if one.outcome in saved)
