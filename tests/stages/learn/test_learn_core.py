"""The ladder: promotions only on evidence, one step at a time; demotions at once."""

from __future__ import annotations

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.journal.samples import NOW

from tickless.domain.measure import Resolution
from tickless.stages.learn.core import DEMOTE_BAD, MIN_DAYS, RUNGS, Evidence, demotion, evidence, proposal, wilson_lower

DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(("good", "tries", "bound"), [
    (0, 0, 0.0), (0, 10, 0.0), (10, 10, 0.7225), (9, 10, 0.5958), (5, 10, 0.2366), (81, 263, 0.2553), (95, 100, 0.8882),
    (1, 1, 0.2065), (1000, 1000, 0.9962),
])  # fmt: skip
def test_wilsons_bound_at_known_points(good: int, tries: int, bound: float) -> None:
    """81 of 263 is the worked example of Newcombe (1998), table I, method 3: 0.2553."""
    assert wilson_lower(good, tries) == pytest.approx(bound, abs=5e-5)


@given(tries=st.integers(1, 5_000), data=st.data())
def test_the_bound_is_below_the_share_and_grows_with_evidence(tries: int, data: st.DataObject) -> None:
    good = data.draw(st.integers(0, tries))
    bound = wilson_lower(good, tries)
    assert 0 <= bound <= good / tries + 1e-12
    assert wilson_lower(good * 2, tries * 2) >= bound
    if good < tries:
        assert wilson_lower(good + 1, tries) > bound
    # it solves Wilson's equation: (p̂ - p)² = z² p (1-p) / n
    if bound > 0:
        assert math.isclose(
            (good / tries - bound) ** 2, 1.96**2 * bound * (1 - bound) / tries, rel_tol=1e-6, abs_tol=1e-9
        )


ends = st.lists(st.tuples(st.sampled_from(["verified", "prevented", "confirmed", "regressed", "handed_off", "muted"]),
                          st.integers(0, 30), st.sampled_from(["a", "b"])), max_size=40)  # fmt: skip


@given(found=ends, failures=st.integers(0, 5))
def test_evidence_counts_what_a_runbook_brought_about(found: list[tuple[str, int, str]], failures: int) -> None:
    made = [Resolution(id=str(n), case="c", outcome=outcome, door="human", seconds=1, runbook=runbook, at=NOW + day * DAY)
            for n, (outcome, day, runbook) in enumerate(found)]  # fmt: skip
    told = evidence("a", made, failures=failures)
    own = [(outcome, day) for outcome, day, runbook in found if runbook == "a"]
    assert told.good == sum(1 for outcome, _ in own if outcome in {"verified", "prevented", "confirmed"})
    assert told.tries == told.good + sum(1 for outcome, _ in own if outcome == "regressed") + failures
    assert told.days == len({day for _, day in own})
    assert told.bound == wilson_lower(told.good, told.tries)


evidences = st.builds(Evidence, runbook=st.just("a"), tries=st.integers(0, 500), good=st.just(0), days=st.integers(0, 10),
                      bound=st.floats(0, 1), recent_bad=st.integers(0, 6))  # fmt: skip


@given(rung=st.sampled_from(RUNGS), found=evidences)
def test_up_goes_one_rung_on_evidence_and_down_goes_at_once(rung: str, found: Evidence) -> None:
    up, down = proposal(rung, found), demotion(rung, found)
    if up is not None:
        assert RUNGS.index(up) == RUNGS.index(rung) + 1
        assert found.bound >= 0.9
        assert found.days >= MIN_DAYS
    assert (down == "approve") is (rung == "auto" and found.recent_bad >= DEMOTE_BAD)
    assert down in {None, "approve"}


def test_fifty_good_runs_on_one_day_prove_nothing_yet() -> None:
    made = [
        Resolution(id=str(n), case="c", outcome="verified", door="human", seconds=1, runbook="a", at=NOW)
        for n in range(50)
    ]
    assert proposal("approve", evidence("a", made)) is None
    spread = [one.model_copy(update={"at": NOW + n % 5 * DAY}) for n, one in enumerate(made)]
    assert proposal("approve", evidence("a", spread)) == "auto"
    assert proposal("auto", evidence("a", spread)) is None
