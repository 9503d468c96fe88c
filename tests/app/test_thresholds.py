"""Thresholds in the settings: defaults that hold, what profiles make of them, and errors that say what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from tickless.app.profiles import PROFILES
from tickless.app.settings import Settings, read_settings
from tickless.domain.errors import SettingsInvalid
from tickless.domain.major import MajorSettings
from tickless.domain.problem import ProblemSettings
from tickless.stages.measure.guard import GuardSettings
from tickless.stages.measure.maturity import CRITERIA, MaturitySettings


def settings(folder: Path, text: str) -> Settings:
    (folder / "tickless.toml").write_text(text, encoding="utf-8")
    return read_settings(folder, environment=False)


def test_a_small_house_keeps_what_ships(tmp_path: Path) -> None:
    found = settings(tmp_path, "")
    assert (found.major, found.problems) == (MajorSettings(), ProblemSettings())
    assert (found.guard, found.maturity) == (GuardSettings(), MaturitySettings())


@pytest.mark.parametrize("profile", [one for one in PROFILES if one != "small"])
def test_every_other_profile_has_thresholds_of_its_own(tmp_path: Path, profile: str) -> None:
    found, usual = settings(tmp_path, f'profile = "{profile}"\n'), settings(tmp_path, "")
    for part in ("major", "problems", "guard", "maturity"):
        assert getattr(found, part) != getattr(usual, part), part
    assert all(one.reason.endswith(".") for one in found.maturity.thresholds.values())
    shipped = {one.id: one for one in CRITERIA}
    for name, own in found.maturity.thresholds.items():  # no profile makes a house look more mature than it is
        assert own.value < shipped[name].threshold if shipped[name].most else own.value > shipped[name].threshold


def test_the_regulated_one_is_told_of_majors_earlier_and_of_less_that_is_chance(tmp_path: Path) -> None:
    strict, usual = settings(tmp_path, 'profile = "regulated"\n'), settings(tmp_path, "")
    assert strict.major.people < usual.major.people
    assert strict.major.services < usual.major.services
    assert (strict.major.first, strict.major.cadence) < (usual.major.first, usual.major.cadence)
    assert strict.guard.rate < usual.guard.rate
    assert strict.problems.least < usual.problems.least


def test_the_file_wins_threshold_by_threshold(tmp_path: Path) -> None:
    found = settings(
        tmp_path,
        'profile = "regulated"\n[major]\npeople = 70\n'
        '[maturity.thresholds."cmmi.changes"]\nat_least = 0.85\nreason = "Agreed with the auditor."\n',
    )
    assert (found.major.people, found.major.services) == (70, 3)
    assert found.maturity.thresholds["cmmi.changes"].value == 0.85
    assert found.maturity.thresholds["cmmi.owners"].value == 0.95


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[major]\npeople = 0", "major.people: .*greater than or equal to 1"),
        ("[major]\nfirst = 2", "major.first: .*greater than or equal to 5"),
        ("[major]\ncriticality = 5", "major.criticality: .*less than or equal to 4"),
        ("[problems]\nleast = 1", "problems.least: .*greater than or equal to 2"),
        ("[problems]\nunable = [1.0, 0.5, 0.2]", "problems.unable"),
        ("[problems]\nunable = [1.0, 0.5, 0.2, 2.0]", r"problems.unable.3: .*less than or equal to 1"),
        ("[guard]\nrate = 0", "guard.rate: .*greater than 0"),
        ("[guard]\nweeks = 6", "guard: .*least_weeks is 6, and 6 weeks hold 5 whole ones; set it lower, or weeks higher"),
        ("[guard]\nfdr = 0.1", "guard.fdr: .*not permitted"),
        ('[maturity.thresholds."cmmi.owner"]\nat_least = 0.5\nreason = "x"',
         "maturity.thresholds: .*no criterion 'cmmi.owner'; there are zero_ticket.resolution.counted, .*cmmi.owners"),
        ('[maturity.thresholds."cmmi.owners"]\nat_most = 0.5\nreason = "x"', "cmmi.owners has the bound at_least"),
        ('[maturity.thresholds."cmmi.owners"]\nat_least = 0.5', "maturity.thresholds.cmmi.owners.reason: Field required"),
    ],
)  # fmt: skip
def test_a_wrong_one_is_named_with_its_bound(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(SettingsInvalid, match=told) as caught:
        settings(tmp_path, text + "\n")
    assert caught.value.mend == "docs/reference/settings.md"
