"""Policies that hold: taken in when their files change, with review in git where it is asked for; an invalid set never
replaces a valid one, not even over a restart."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tickless.app.policies import policing_of
from tickless.app.settings import PolicySettings, Settings
from tickless.flow.desk.policy import PolicyState
from tickless.flow.desk.policy_health import policy_check
from tickless.flow.policing import Policing
from tickless.journal import Journal
from tickless.kit.clock import ManualClock
from tickless.stages.decide.policy_files import PoliciesInvalid
from tickless.stages.decide.policy_folder import Review

SHIPPED = Path(__file__).parents[2] / "policies"
OURS = '@id("ours.closed")\n@reason("Closed.")\nforbid (principal, action == Action::"use", resource);\n'
BROKEN = '@id("ours.broken")\n@reason("Broken.")\nforbid (principal, action == Action::"fly", resource)\nwhen { context.x };\n'


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = Journal(main_url=f"sqlite:///{tmp_path}/main.db", log_url=f"sqlite:///{tmp_path}/log.db")
    opened.migrate()
    yield opened
    opened.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "policies"
    made.mkdir()
    for path in [*SHIPPED.glob("*.cedar"), SHIPPED / "schema.cedarschema"]:
        shutil.copy(path, made / path.name)
    return made


def policing(journal: Journal, folder: Path, review: Review = "none") -> Policing:
    settings = Settings(policies=folder, policy=PolicySettings(review=review))
    return policing_of(settings, journal, ManualClock(dt.datetime(2026, 3, 2, tzinfo=dt.UTC)))


def git(folder: Path, *given: str, author: str = "Ana <ana@x.example>") -> None:
    name, _, mail = author.rstrip(">").partition(" <")
    who = {"GIT_AUTHOR_NAME": name, "GIT_AUTHOR_EMAIL": mail, "GIT_COMMITTER_NAME": name, "GIT_COMMITTER_EMAIL": mail}
    subprocess.run(["git", *given], cwd=folder, check=True, capture_output=True,
                   env={**os.environ, **who, "GIT_CONFIG_GLOBAL": "/dev/null"})  # fmt: skip


def in_force(journal: Journal) -> list[str]:
    with journal.read() as tx:
        return [row.subject for row in tx.audit.rows() if row.action == "policy.in_force"]


def test_a_valid_set_is_taken_in_and_kept_whole(journal: Journal, folder: Path) -> None:
    held = policing(journal, folder)
    first = held.set.id
    (folder / "90-ours.cedar").write_text(OURS, encoding="utf-8")
    held.look()
    assert held.engine.version == held.set.id != first
    assert in_force(journal) == [f"policies:{first}", f"policies:{held.set.id}"]
    with journal.read() as tx:
        assert "90-ours.cedar" not in tx.policy_sets.need(first).files
        assert tx.policy_sets.need(held.set.id).files["90-ours.cedar"] == OURS


def test_an_invalid_set_never_replaces_a_valid_one(journal: Journal, folder: Path) -> None:
    held = policing(journal, folder)
    first = held.set.id
    (folder / "90-ours.cedar").write_text(BROKEN, encoding="utf-8")
    held.look()
    assert (held.engine.version, held.set.id) == (first, first)
    assert {(one.path, one.line) for one in held.problems} >= {("90-ours.cedar", 3)}
    told = policy_check(PolicyState(held.set, held.engine.texts, held.problems))
    assert not told.ok
    assert "90-ours.cedar:" in told.detail
    after_a_restart = policing(journal, folder)
    assert after_a_restart.engine.version == first
    assert after_a_restart.problems
    (folder / "90-ours.cedar").unlink()
    after_a_restart.look()
    assert not after_a_restart.problems


def test_a_house_that_never_had_a_valid_set_does_not_start(journal: Journal, folder: Path) -> None:
    (folder / "90-ours.cedar").write_text(BROKEN, encoding="utf-8")
    with pytest.raises(PoliciesInvalid):
        policing(journal, folder)


def test_what_is_not_committed_or_not_reviewed_is_not_taken_in(journal: Journal, folder: Path) -> None:
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "first\n\nSigned-off-by: Bob <bob@x.example>")
    held = policing(journal, folder, "reviewed")
    first = held.set
    assert first.commit.startswith(first.id.partition("+")[0])
    assert first.authors == ("Ana <ana@x.example>", "Bob <bob@x.example>")
    (folder / "90-ours.cedar").write_text(OURS, encoding="utf-8")
    held.look()
    assert [one.reason for one in held.problems] == ["it is not as it was committed"]
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "second\n\nSigned-off-by: Ana <ana@x.example>")
    held.look()
    assert "signed off by nobody but its author" in held.problems[0].reason
    git(folder, "commit", "-q", "--allow-empty", "--amend", "-m", "second\n\nSigned-off-by: Bob <bob@x.example>")
    held.look()
    assert not held.problems
    assert held.set.id != first.id


def test_a_bad_commit_is_not_hidden_by_a_good_one_after_it(journal: Journal, folder: Path) -> None:
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "first\n\nSigned-off-by: Bob <bob@x.example>")
    held = policing(journal, folder, "signed_off")
    (folder / "90-ours.cedar").write_text(OURS, encoding="utf-8")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "unsigned")
    (folder / "91-more.cedar").write_text(OURS.replace("ours.closed", "ours.more"), encoding="utf-8")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "signed\n\nSigned-off-by: Bob <bob@x.example>")
    held.look()
    assert ["is not signed off" in one.reason for one in held.problems] == [True]
