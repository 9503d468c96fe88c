"""What SQL counts over all ends is what arithmetic says, on both databases."""

from __future__ import annotations

from typing import get_args

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.journal.samples import NOW

from tickless.domain.case import Outcome
from tickless.domain.measure import Resolution
from tickless.journal import Journal, tables
from tickless.stages.measure.core import PROVEN, SAVING, minutes_saved, outcomes, seconds_to_verified

ends = st.lists(
    st.tuples(st.sampled_from(get_args(Outcome)), st.integers(0, 10**6), st.integers(0, 60)), min_size=0, max_size=12
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(given_ends=ends)
def test_counts_and_percentiles_are_those_of_arithmetic(
    journal: Journal, given_ends: list[tuple[Outcome, int, int]]
) -> None:
    records = [
        Resolution(id=f"r{row}", case="c", outcome=outcome, door="human", seconds=seconds, minutes_saved=saved, at=NOW)
        for row, (outcome, seconds, saved) in enumerate(given_ends)
    ]
    with journal.write() as tx:
        tx.connection.execute(sa.delete(tables.resolutions))
        tx.resolutions.put_all(records)
        tally = tx.resolutions.tally()
        found = outcomes(records)
        assert {name: one.count for name, one in tally.items()} == {
            name: count for name, count in found.items() if count
        }
        assert sum(one.minutes_saved for name, one in tally.items() if name in SAVING) == minutes_saved(records)
        told = seconds_to_verified(records)
        for name, share in (("p50", 0.50), ("p99", 0.99)):
            assert tx.resolutions.seconds_at(share, outcomes=PROVEN) == told[name]
