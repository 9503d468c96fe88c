"""The policies that ship: each answers as its cases say, and each decides at least one of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tickless.stages.act.catalogue import shipped_catalogue
from tickless.stages.act.compiler import compile_folder
from tickless.stages.decide.policy import PolicyEngine, Resource
from tickless.stages.decide.policy_cases import PolicyCase, check_case, read_cases

FOLDER = Path(__file__).parents[3] / "policies"
CASES = read_cases(FOLDER / "tests")
ENGINE = PolicyEngine.load(FOLDER)
RUNBOOKS = {r.runbook: r for r in compile_folder(FOLDER.parent / "runbooks", catalogue=shipped_catalogue())}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_policies_answer_as_their_cases_say(case: PolicyCase) -> None:
    assert check_case(ENGINE, case) is None


@pytest.mark.parametrize("name", RUNBOOKS)
def test_the_cases_describe_the_runbooks_as_they_are(name: str) -> None:
    real = Resource.runbook(RUNBOOKS[name]).attributes
    for case in CASES:
        if case.resource.id == name:
            # No policy that ships looks at the kind, so cases need not repeat it.
            told = {key: value for key, value in case.resource.filled().items() if key != "kind"}
            assert told == {key: value for key, value in real.items() if key != "kind"}, case.name


def test_every_policy_decides_at_least_one_case() -> None:
    decided = {policy for case in CASES for policy in case.expect.policies}
    assert {text.id for text in ENGINE.texts} <= decided


def test_a_case_that_is_wrong_is_told() -> None:
    case = next(case for case in CASES if case.expect.allowed)
    wrong = case.model_copy(update={"expect": case.expect.model_copy(update={"allowed": False})})
    said = check_case(ENGINE, wrong)
    assert said is not None
    assert case.name in said


def test_every_reason_is_a_sentence_for_people() -> None:
    for text in ENGINE.texts:
        assert text.reason[0].isupper(), text.id
        assert text.reason.endswith("."), text.id
