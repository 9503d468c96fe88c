"""Profiles: what a kind of organisation begins with, and that its own file wins."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.app.profiles import PROFILES, over
from tickless.app.settings import Settings, read_settings
from tickless.domain.errors import SettingsInvalid


def settings(folder: Path, text: str) -> Settings:
    (folder / "tickless.toml").write_text(text, encoding="utf-8")
    return read_settings(folder, environment=False)


@pytest.mark.parametrize("profile", PROFILES)
def test_every_profile_makes_settings_that_hold(tmp_path: Path, profile: str) -> None:
    assert settings(tmp_path, f'profile = "{profile}"\n').profile == profile


def test_the_regulated_one_is_the_strictest_in_everything(tmp_path: Path) -> None:
    strict, small = settings(tmp_path, 'profile = "regulated"\n'), settings(tmp_path, "")
    assert strict.policy.profile == "regulated"
    assert strict.default_rung == "observe"
    assert strict.autonomy.bar.bound > small.autonomy.bar.bound
    assert strict.entrance.idle_minutes < small.entrance.idle_minutes
    assert strict.brakes.failures < small.brakes.failures
    assert set(small.practices) < set(strict.practices)


def test_what_the_file_says_wins_and_what_it_leaves_out_stays(tmp_path: Path) -> None:
    found = settings(tmp_path, 'profile = "regulated"\ndefault_rung = "suggest"\n[entrance]\ntries = 7\n')
    assert found.default_rung == "suggest"
    assert found.entrance.tries == 7
    assert found.entrance.idle_minutes == 30


def test_a_profile_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="profile"):
        settings(tmp_path, 'profile = "huge"\n')


trees = st.recursive(
    st.integers(), lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3), max_leaves=8
)
tables = st.dictionaries(st.sampled_from("abc"), trees, max_size=3)


@given(base=tables, own=tables)
def test_own_values_win_at_every_depth(base: dict[str, object], own: dict[str, object]) -> None:
    made = over(base, own)
    assert over(made, own) == made
    assert over({}, own) == own
    assert over(base, {}) == base
    assert set(made) == {*base, *own}
    for name, value in own.items():
        if not isinstance(value, dict):
            assert made[name] == value
