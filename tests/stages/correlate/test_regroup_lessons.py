"""What merges and splits teach: one word shifts, several rule, all of it fades; and what would break the past is not taught."""

from __future__ import annotations

import datetime as dt
import itertools

from hypothesis import given
from hypothesis import strategies as st
from tests.journal.samples import NOW

from tickless.domain.regroup import GroupingLesson, GroupingVerdict, KindOfAlert, Saying
from tickless.stages.correlate.grouping.corrections import CAP, RULING, AlarmKind
from tickless.stages.correlate.regroup.lessons import (
    FADED,
    HALF_LIFE,
    in_force,
    judge,
    pairs_f1,
    weight,
    with_saying,
    words_of,
)

ONE, OTHER = KindOfAlert(need="service_down", service="db"), KindOfAlert(need="http_errors", service="shop")


def saying(by: str, at: dt.datetime = NOW) -> Saying:
    return Saying(by=by, at=at, regroup=f"rgp_{by}")


def lesson(*said: Saying, verdict: GroupingVerdict = "join") -> GroupingLesson:
    return GroupingLesson(id=verdict, verdict=verdict, one=ONE, other=OTHER, said=said, at=NOW, state="taught")


def between(*lessons: GroupingLesson, now: dt.datetime = NOW) -> float:
    found = in_force(lessons, now=now).between(AlarmKind("http_errors", "shop"), AlarmKind("service_down", "db"))
    return 0.0 if found is None else found.signed


def test_one_person_shifts_grouping_and_two_rule() -> None:
    assert 0 < between(lesson(saying("a"))) < RULING <= between(lesson(saying("a"), saying("b")))
    twice = with_saying(lesson(saying("a")), saying("a", NOW + dt.timedelta(days=1)))
    assert len(twice.said) == 1
    assert between(lesson(saying("a"), verdict="part")) < 0


def test_what_people_said_both_of_counts_for_the_difference() -> None:
    both = (lesson(saying("a"), saying("b")), lesson(saying("c"), verdict="part"))
    assert between(*both) == between(lesson(saying("a")))
    assert between(lesson(saying("a")), lesson(saying("b"), verdict="part")) == 0


def test_it_fades_until_it_is_in_force_no_more() -> None:
    one = lesson(saying("a"))
    assert between(one, now=NOW + HALF_LIFE) == between(one) / 2
    assert between(one, now=NOW + 3 * HALF_LIFE) == 0
    assert "somebody merged service down at db and http errors at shop" in words_of(one)


@given(st.lists(st.tuples(st.integers(0, 9), st.floats(0, 2_000)), min_size=1, max_size=30), st.floats(0, 400))
def test_weights_are_bounded_and_only_fall_with_time(said: list[tuple[int, float]], later: float) -> None:
    one = lesson()
    for who, age in said:
        one = with_saying(one, saying(str(who), NOW - dt.timedelta(days=age)))
    now = weight(one.said, now=NOW)
    assert 0 < now <= CAP
    assert weight(one.said, now=NOW + dt.timedelta(days=later)) <= now
    assert (between(one) >= FADED) == (now >= FADED)


groups = st.lists(st.tuples(*(st.sampled_from("abcd"),) * 3), min_size=1, max_size=25)


@given(groups)
def test_pairs_are_counted_as_if_they_were_looked_at_one_by_one(rows: list[tuple[str, str, str]]) -> None:
    truth = {number: row[0] for number, row in enumerate(rows)}
    made = {number: row[1] for number, row in enumerate(rows)}
    pairs = list(itertools.combinations(truth, 2))
    right = {pair for pair in pairs if truth[pair[0]] == truth[pair[1]]}
    put = {pair for pair in pairs if made[pair[0]] == made[pair[1]]}
    expected = 1.0 if not right and not put else 2 * len(right & put) / (len(right) + len(put))
    assert abs(pairs_f1(list(truth), truth, made) - expected) < 1e-12


@given(groups)
def test_what_changes_nothing_fits_and_the_truth_harms_nobody(rows: list[tuple[str, str, str]]) -> None:
    truth, before = ({number: row[side] for number, row in enumerate(rows)} for side in (0, 1))
    same = judge(truth, before, before)
    assert same.fits
    assert (same.moved, same.helped, same.harmed) == (0, (), ())
    best = judge(truth, before, truth)
    assert best.fits
    assert (best.after, best.harmed) == (1.0, ())


def test_what_breaks_a_case_that_was_right_does_not_fit() -> None:
    truth = {1: "x", 2: "x", 3: "y"}
    judged = judge(truth, truth, {1: "g", 2: "g", 3: "g"})
    assert (judged.harmed, judged.fits) == (("x", "y"), False)
