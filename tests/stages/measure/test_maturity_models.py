"""Maturity: a level counts only with all below it, what cannot be told is not met, and a claim changes nothing."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from tickless.stages.measure.maturity import (
    CRITERIA,
    QUESTIONS,
    Criterion,
    Evidence,
    HouseFacts,
    Reading,
    judge,
    readings,
)
from tickless.stages.measure.maturity.criteria import DIMENSIONS, PLACES
from tickless.stages.measure.metrics import Material, Window

NOW = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
EMPTY = Evidence(Material(now=NOW), Window(NOW - dt.timedelta(days=90), NOW))


def evidence(**answers: int) -> Evidence:
    return Evidence(EMPTY.material, EMPTY.window, HouseFacts(), answers)


def test_nothing_is_known_and_so_nothing_is_reached() -> None:
    levels = {one.model: one.level for one in judge(readings(EMPTY), {}, {})}
    assert levels == {"zero_ticket": 0, "cmmi": 1, "excellence": 0}


def test_every_model_is_whole() -> None:
    assert len({one.id for one in CRITERIA}) == len(CRITERIA)
    cells = {(one.place, one.dimension) for one in CRITERIA if one.model == "zero_ticket"}
    assert cells == {(place, dimension) for place in range(1, 5) for dimension in DIMENSIONS}
    for model, floor in (("cmmi", 1), ("excellence", 0)):
        places = {one.place for one in CRITERIA if one.model == model}
        assert places == set(range(floor + 1, len(PLACES[model])))  # type: ignore[index]
    for one in CRITERIA:
        assert one.reason.endswith(".")
        assert one.step.endswith(".")
        assert one.link.startswith("/")


def test_a_question_is_answered_by_its_own_answer_alone() -> None:
    for name in QUESTIONS:
        criterion = next(one for one in CRITERIA if one.id == name)
        assert criterion.query(evidence(**{name: 2})).value == 2
        assert criterion.query(evidence(**{name: 1})).value == 1
        assert criterion.query(EMPTY).value is None
        (own,) = [each for one in judge({}, {}, {name: 2}) for each in one.judged if each.met]
        assert (own.criterion.id, own.by_word) == (name, True)


def test_a_claim_stands_beside_the_evidence() -> None:
    plain, claimed = judge(readings(EMPTY), {}, {}), judge(readings(EMPTY), {"cmmi": 4}, {})
    assert [one.level for one in plain] == [one.level for one in claimed]
    assert {one.model: one.gap for one in claimed} == {"zero_ticket": None, "cmmi": 3, "excellence": None}


def fixed(criterion: Criterion, met: bool) -> Criterion:
    value = criterion.threshold if met else None

    def query(seen: Evidence) -> Reading:
        return Reading(value, 1, "")

    return Criterion(**{**vars(criterion), "query": query, "question": ""})


@given(st.lists(st.booleans(), min_size=len(CRITERIA), max_size=len(CRITERIA)))
def test_a_level_holds_all_below_it_and_its_next_steps_are_what_is_missing(met: list[bool]) -> None:
    criteria = [fixed(one, yes) for one, yes in zip(CRITERIA, met, strict=True)]
    for one in judge(readings(EMPTY, criteria=criteria), {}, {}, criteria=criteria):
        below = [each for each in one.judged if each.criterion.place <= one.level]
        assert all(each.met for each in below)
        if one.level < one.top:
            above = [each for each in one.judged if each.criterion.place == one.level + 1]
            assert not all(each.met for each in above)
            assert one.next
        assert not any(each.met for each in one.next)
        assert 0 <= one.toward <= 1


def test_everything_met_is_the_top() -> None:
    criteria = [fixed(one, met=True) for one in CRITERIA]
    standings = judge(readings(EMPTY, criteria=criteria), {}, {}, criteria=criteria)
    assert all(one.level == one.top and not one.next for one in standings)
