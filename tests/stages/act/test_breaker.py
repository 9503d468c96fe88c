"""The breaker and the limit of one target, and when the house stops itself."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.brake import BrakeSettings, TargetState
from tickless.domain.measure import Resolution
from tickless.stages.act.breaker import HOUR, TRIAL, begin, fail, fresh, pause, succeed
from tickless.stages.act.hold_rate import stops, wilson_upper

NOW = dt.datetime(2026, 5, 4, 10, tzinfo=dt.UTC)
RULES = BrakeSettings()
SECOND = dt.timedelta(seconds=1)


def failed(times: int, *, at: dt.datetime = NOW) -> TargetState:
    state = fresh("service:shop", at)
    for number in range(times):
        state = fail(state, key=f"r{number}", error="no", now=at, rules=RULES)
    return state


@given(times=st.integers(0, 12))
def test_it_opens_at_the_third_failure_in_a_row_and_not_before(times: int) -> None:
    state = failed(times)
    assert (pause(state, run="x", now=NOW, rules=RULES) is not None) == (times >= RULES.failures)


@given(keys=st.lists(st.sampled_from(["a", "b"]), max_size=20))
def test_what_is_told_twice_counts_once(keys: list[str]) -> None:
    state = fresh("t", NOW)
    for key in keys:
        state = fail(state, key=key, error="no", now=NOW, rules=RULES)
    assert state.failures == len(set(keys))
    assert not state.is_open(NOW)


def test_after_its_rest_one_run_has_one_try_and_the_others_wait() -> None:
    state = failed(3)
    assert state.rests_until is not None
    later = state.rests_until + SECOND
    assert pause(state, run="one", now=later, rules=RULES) is None
    tried = begin(state, run="one", now=later)
    assert pause(tried, run="one", now=later, rules=RULES) is None
    assert pause(tried, run="other", now=later, rules=RULES) is not None
    assert pause(tried, run="other", now=later + TRIAL + SECOND, rules=RULES) is None
    closed = succeed(tried, key="v", now=later)
    assert (closed.failures, closed.opened_at) == (0, None)


@given(trips=st.integers(1, 30))
def test_it_rests_twice_as_long_each_time_up_to_the_longest(trips: int) -> None:
    state, rests = failed(2), []
    for number in range(trips):
        state = fail(state, key=f"trip{number}", error="no", now=NOW, rules=RULES)
        assert state.rests_until is not None
        rests.append((state.rests_until - NOW).total_seconds())
    assert rests == [min(RULES.longest, RULES.rest * 2**number) for number in range(trips)]


@given(changes=st.integers(0, 100), minutes=st.integers(0, 130))
def test_so_many_changes_an_hour_and_no_more(changes: int, minutes: int) -> None:
    state = fresh("t", NOW)
    for number in range(changes):
        state = begin(state, run=f"r{number}", now=NOW)
    later = NOW + dt.timedelta(minutes=minutes)
    held = pause(state, run="x", now=later, rules=RULES)
    assert (held is not None) == (changes >= RULES.changes_per_hour and later - NOW < HOUR)
    assert held is None or 0 <= held.seconds <= HOUR.total_seconds()


def end(number: int, outcome: str, *, runbook: str = "a.b", days: float = 1) -> Resolution:
    return Resolution.model_validate({"id": f"r{number}", "case": "c", "outcome": outcome, "door": "machine",
                                      "runbook": runbook, "seconds": 1, "at": NOW - dt.timedelta(days=days)})  # fmt: skip


@given(good=st.integers(0, 60), bad=st.integers(0, 60))
def test_a_runbook_is_stopped_only_when_even_the_upper_end_is_below_the_bar(good: int, bad: int) -> None:
    ends = [end(n, "verified") for n in range(good)] + [end(n, "regressed") for n in range(bad)]
    names = {one.name for one in stops(ends, RULES, now=NOW, released={})}
    low = wilson_upper(good, good + bad) < RULES.hold_bar
    assert ("runbook:a.b" in names) == (low and good + bad >= RULES.hold_least)
    assert ("all" in names) == (low and good + bad >= RULES.hold_least_all)


def test_what_a_person_released_is_not_stopped_for_what_was_before() -> None:
    ends = [end(n, "regressed") for n in range(30)]
    assert {one.name for one in stops(ends, RULES, now=NOW, released={})} == {"all", "runbook:a.b"}
    released = {"all": NOW - dt.timedelta(hours=1), "runbook:a.b": NOW - dt.timedelta(hours=1)}
    assert list(stops(ends, RULES, now=NOW, released=released)) == []


@pytest.mark.parametrize("outcome", ["handed_off", "muted", "assumed", "refused", "confirmed"])
def test_only_what_was_verified_speaks(outcome: str) -> None:
    assert list(stops([end(n, outcome) for n in range(50)], RULES, now=NOW, released={})) == []
    old = [end(n, "regressed", days=RULES.hold_days + 1) for n in range(50)]
    assert list(stops(old, RULES, now=NOW, released={})) == []
