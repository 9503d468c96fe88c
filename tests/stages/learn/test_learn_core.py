"""The ladder: promotions only on evidence, one step at a time; demotions at once."""

from __future__ import annotations

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.journal.samples import NOW

from tickless.domain.autonomy import RUNGS, Rung, ScopedRung, Where, rung_for
from tickless.stages.learn.core import (
    DEMOTE_BAD,
    Bar,
    Bars,
    Evidence,
    Try,
    demotion,
    evidence,
    failing,
    proposal,
    still_wanted,
    wilson_lower,
)

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


def _try(n: int, day: int, good: bool | None, *, subject: str = "", scope: str = "", runbook: str = "a") -> Try:
    where = Where(service=scope.removeprefix("service:") or None)
    return Try(f"run_{n}", f"case_{n}", runbook, NOW + day * DAY, good, "verified", subject or f"s{n}", where)


tries = st.lists(st.tuples(st.sampled_from([True, False, None]), st.integers(0, 30), st.sampled_from(["a", "b"]),
                           st.sampled_from(["", "service:shop", "service:wiki"]), st.integers(0, 6)), max_size=40)  # fmt: skip


@given(found=tries, scope=st.sampled_from(["", "service:shop"]))
def test_evidence_counts_independent_tries_of_that_runbook_in_that_scope(
    found: list[tuple[bool | None, int, str, str, int]], scope: str
) -> None:
    made = [_try(n, day, good, subject=f"s{who}", scope=where, runbook=book)
            for n, (good, day, book, where, who) in enumerate(found)]  # fmt: skip
    told = evidence("a", made, scope=scope)
    apart: dict[tuple[int, int], bool] = {}
    for good, day, book, where, who in found:
        if book == "a" and good is not None and scope in {"", where}:
            apart[who, day] = apart.get((who, day), True) and good
    assert (told.tries, told.good) == (len(apart), sum(apart.values()))
    assert told.days == len({day for _, day in apart})
    assert told.bound == wilson_lower(told.good, told.tries)


def test_fifty_good_tries_on_one_subject_in_one_day_are_one_try() -> None:
    told = evidence("a", [_try(n, 0, True, subject="one") for n in range(50)])
    assert (told.tries, told.days) == (1, 1)
    assert evidence("a", [_try(n, 0, n != 7, subject="one") for n in range(50)]).good == 0


@given(found=tries, data=st.data())
def test_what_is_still_wanted_reaches_the_bar(
    found: list[tuple[bool | None, int, str, str, int]], data: st.DataObject
) -> None:
    made = [_try(n, day, good, runbook=book) for n, (good, day, book, _, _) in enumerate(found)]
    bar = Bar(data.draw(st.sampled_from([0.5, 0.9, 0.95])), data.draw(st.integers(1, 9)))
    told = evidence("a", made)
    more, days = still_wanted(told, bar)
    then = evidence("a", [*made, *(_try(10_000 + n, 31 + n % max(days, 1), True) for n in range(more))])
    assert then.bound >= bar.bound
    if more >= days:
        assert proposal("suggest", then, bar) == "approve"
    if more:
        assert wilson_lower(told.good + more - 1, told.tries + more - 1) < bar.bound


def test_a_scope_takes_its_own_bar_or_that_of_its_criticality() -> None:
    bars = Bars(by_scope={"criticality:1": Bar(0.97, 10), "service:wiki": Bar(0.5, 2)})
    assert bars.of("service:shop", 1) == Bar(0.97, 10)
    assert bars.of("service:wiki", 1) == Bar(0.5, 2)
    assert bars.of("", None) == Bar()


def test_the_service_s_own_rung_counts_and_else_the_most_careful_one() -> None:
    where = Where(service="shop", department="Sales", criticality=1)

    def put(scope: str, rung: Rung) -> ScopedRung:
        return ScopedRung(runbook="a", scope=scope, rung=rung, by="x", at=NOW)

    both = [put("criticality:1", "observe"), put("department:Sales", "approve")]
    assert rung_for(where, everywhere="auto", scoped=both) == "observe"
    assert rung_for(where, everywhere="auto", scoped=[*both, put("service:shop", "suggest")]) == "suggest"
    assert rung_for(Where(department="Sales"), everywhere="auto", scoped=both) == "approve"
    assert rung_for(Where(), everywhere="auto", scoped=both) == "auto"


evidences = st.builds(Evidence, runbook=st.just("a"), tries=st.integers(0, 500), good=st.just(0), days=st.integers(0, 10),
                      bound=st.floats(0, 1), recent_bad=st.integers(0, 6))  # fmt: skip


@given(rung=st.sampled_from(RUNGS), found=evidences)
def test_up_goes_one_rung_on_evidence_and_down_goes_at_once(rung: Rung, found: Evidence) -> None:
    up, down = proposal(rung, found), demotion(rung, found)
    if up is not None:
        assert RUNGS.index(up) == RUNGS.index(rung) + 1
        assert found.bound >= 0.9
        assert found.days >= Bar().days
        assert found.recent_bad < DEMOTE_BAD, "nothing is proposed that would fall again at once"
    assert (down == "approve") is (rung == "auto" and found.recent_bad >= DEMOTE_BAD)
    assert down in {None, "approve"}


def test_fifty_good_runs_on_one_day_prove_nothing_yet() -> None:
    made = [_try(n, 0, True) for n in range(50)]
    assert proposal("approve", evidence("a", made)) is None
    spread = [_try(n, n % 5, True) for n in range(50)]
    assert proposal("approve", evidence("a", spread)) == "auto"
    assert proposal("auto", evidence("a", spread)) is None


def test_what_fails_at_one_service_is_seen_though_it_does_well_elsewhere() -> None:
    well = [_try(n, n % 9, True, scope="service:shop") for n in range(80)]
    badly = [_try(100 + n, 9, False, scope="service:wiki") for n in range(2)]
    assert evidence("a", [*well, *badly, *(_try(200 + n, 10, True) for n in range(5))]).recent_bad == 0
    assert failing([*well, *badly]) == ["service:wiki"]
    assert failing([*well, *badly[:1]]) == []
    healed = [_try(300 + n, 11, True, scope="service:wiki") for n in range(4)]
    assert failing([*badly, *healed]) == []


def test_after_a_fall_only_what_came_since_counts() -> None:
    made = [_try(n, n % 9, True) for n in range(80)]
    assert proposal("approve", evidence("a", made)) == "auto"
    since = evidence("a", made, since=NOW + 7 * DAY)
    assert (since.days, proposal("approve", since)) == (1, None)
