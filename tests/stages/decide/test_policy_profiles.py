"""What ships for small, regulated and lab organisations answers as its cases say; what differs is listed, case by case."""

from __future__ import annotations

from pathlib import Path

import pytest

from tickless.stages.decide.policy import PolicyEngine
from tickless.stages.decide.policy_cases import check_case, read_cases
from tickless.stages.decide.policy_files import PoliciesInvalid
from tickless.stages.decide.policy_folder import PROFILES, Profile, case_folders, files_of

FOLDER = Path(__file__).parents[3] / "policies"
OTHERS: tuple[Profile, ...] = ("regulated", "lab")


@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_answers_as_its_cases_say_and_every_policy_decides_one(profile: Profile) -> None:
    engine = PolicyEngine.load(FOLDER, profile=profile)
    cases = read_cases(*case_folders(FOLDER, profile))
    assert [said for case in cases if (said := check_case(engine, case)) is not None] == []
    assert {text.id for text in engine.texts} <= {name for case in cases for name in case.expect.policies}


@pytest.mark.parametrize("profile", OTHERS)
def test_what_a_profile_lists_as_different_is_different(profile: Profile) -> None:
    small = {case.name: case for case in read_cases(FOLDER / "tests")}
    own = read_cases(FOLDER / "profiles" / profile / "tests")
    listed = [case for case in own if case.name in small]
    assert listed
    for case in listed:
        assert case.expect != small[case.name].expect, case.name
        assert case.model_copy(update={"expect": small[case.name].expect}) == small[case.name], case.name


def test_a_regulated_house_never_says_yes_where_a_small_one_says_no() -> None:
    small = {case.name: case.expect for case in read_cases(FOLDER / "tests")}
    for case in read_cases(FOLDER / "profiles" / "regulated" / "tests"):
        assert not case.expect.allowed or case.name not in small or small[case.name].allowed, case.name


def test_a_profile_that_is_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "schema.cedarschema").write_text("entity User;", encoding="utf-8")
    with pytest.raises(PoliciesInvalid, match="no such profile"):
        files_of(tmp_path, "lab")
