"""Other thresholds of maturity: they hold with their reason, and only where the criterion has such a bound."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tickless.stages.measure.maturity import CRITERIA, Criterion, MaturitySettings, Reading, judge

BY_ID = {one.id: one for one in CRITERIA}
OWNERS = "zero_ticket.governance.owners"


def settings(**bounds: object) -> MaturitySettings:
    return MaturitySettings.model_validate({"thresholds": {OWNERS: {"reason": "we know", **bounds}}})


def met(value: float, rules: MaturitySettings, name: str = OWNERS) -> bool:
    found = judge({name: Reading(value, 10, "")}, {}, {}, criteria=rules.criteria())
    return next(each.met for one in found for each in one.judged if each.criterion.id == name)


def test_without_settings_all_is_as_it_ships() -> None:
    assert MaturitySettings().criteria() == CRITERIA


@given(st.sampled_from(CRITERIA), st.floats(0, 1), st.floats(0, 1))
def test_a_criterion_is_met_by_the_threshold_that_holds_here(one: Criterion, value: float, bound: float) -> None:
    rules = MaturitySettings.model_validate(
        {"thresholds": {one.id: {"at_most" if one.most else "at_least": bound, "reason": "we know"}}}
    )
    own = next(each for each in rules.criteria() if each.id == one.id)
    assert (own.threshold, own.shipped, own.because) == (bound, one.threshold, "we know")
    assert [each for each in rules.criteria() if each.id != one.id] == [each for each in CRITERIA if each.id != one.id]
    if not one.question:
        assert met(value, rules, one.id) == (value <= bound if one.most else value >= bound)


def test_a_level_falls_and_rises_with_its_threshold() -> None:
    assert met(0.6, MaturitySettings())
    assert not met(0.6, settings(at_least=0.9))
    assert met(0.3, settings(at_least=0.25))


@pytest.mark.parametrize(
    ("bounds", "told"),
    [
        ({"at_most": 0.5}, "has the bound at_least, not at_most"),
        ({"at_least": 1.5}, "between 0 and 1, not 1.5"),
        ({"at_least": -1}, "greater than or equal to 0"),
        ({}, "either at_least or at_most"),
        ({"at_least": 0.5, "at_most": 0.5}, "either at_least or at_most"),
        ({"at_least": 0.5, "reason": "  "}, "at least 1 character"),
        ({"at_least": 0.5, "above": 1}, "Extra inputs"),
    ],
)
def test_what_is_no_threshold_is_refused(bounds: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        settings(**bounds)


def test_no_reason_is_no_threshold() -> None:
    with pytest.raises(ValidationError, match="reason"):
        MaturitySettings.model_validate({"thresholds": {OWNERS: {"at_least": 0.5}}})
