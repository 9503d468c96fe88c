"""A git checkout follows its branch: forward by what is taken in, back from what is not, and never over somebody's work."""

from __future__ import annotations

import datetime as dt
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.flow.test_publishing import UNLOCK, _text, publishing
from tests.journal.databases import empty

from tickless.app.build import build
from tickless.app.settings import CheckoutSettings, Settings
from tickless.domain.errors import SettingsInvalid
from tickless.flow.desk.following import Followed, Following
from tickless.flow.publishing import Publishing
from tickless.journal import Journal
from tickless.kit.checkout import GitFailed
from tickless.kit.clock import ManualClock
from tickless.kit.remote_branch import RemoteBranch, clone, head_of, is_there

NOW = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)


class Origin:
    """A repository somewhere else, and whoever works in it."""

    def __init__(self, folder: Path) -> None:
        self.bare, self.work = folder / "origin.git", folder / "work"
        self._run(folder, "init", "--quiet", "--bare", "--initial-branch=main", str(self.bare))
        self._run(folder, "clone", "--quiet", str(self.bare), str(self.work))
        self._run(self.work, "checkout", "--quiet", "-b", "main")
        self.put(_text())

    def put(self, text: str, *, amend: bool = False) -> None:
        (self.work / "unlock.yaml").write_text(text, encoding="utf-8")
        self._run(self.work, "add", ".")
        self._run(self.work, "commit", "--quiet", "-m", "a change", *(["--amend"] if amend else []))
        self._run(self.work, "push", "--quiet", "--force", "origin", "main")

    @staticmethod
    def _run(folder: Path, *given: str) -> None:
        who = ("-c", "user.name=Ana", "-c", "user.email=ana@larkmoor.example")
        subprocess.run(["git", *who, *given], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def journal(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Journal]:
    with empty("sqlite", tmp_path / "journal", request) as urls:
        opened = urls.open()
        opened.migrate()
        yield opened
        opened.close()


@pytest.fixture
def origin(tmp_path: Path) -> Origin:
    return Origin(tmp_path)


def house(journal: Journal, origin: Origin, folder: Path) -> tuple[Following, Followed, Publishing, RemoteBranch]:
    remote = RemoteBranch(folder / "checkout", f"file://{origin.bare}")
    assert not is_there(remote)
    clone(remote)
    runbooks = publishing(journal, remote.folder)
    one = Followed("checkout", open=lambda: remote, every=dt.timedelta(minutes=5))
    following = Following([one], journal=journal, clock=ManualClock(NOW), take=lambda: runbooks.sync(by="git").problems)
    return following, one, runbooks, remote


def actions(journal: Journal) -> list[str]:
    with journal.read() as tx:
        return [row.action for row in tx.audit.rows(limit=50) if row.action.startswith("checkout.")]


def test_it_moves_forward_by_what_is_taken_in_and_back_from_what_is_not(
    journal: Journal, origin: Origin, tmp_path: Path
) -> None:
    following, one, runbooks, remote = house(journal, origin, tmp_path)
    following.now()
    assert (one.trouble, one.commit, actions(journal)) == ("", head_of(remote), [])
    origin.put(_text().replace("revision: 1.", "revision: 3."))
    following.now()
    assert (one.trouble, runbooks[UNLOCK].revision[0]) == ("", "3")
    stood = head_of(remote)
    origin.put(_text().replace("steps:", "stepz:"))
    following.now()
    following.now()
    assert "is not taken in" in one.trouble
    assert (head_of(remote), runbooks[UNLOCK].revision[0], runbooks.problems) == (stood, "3", ())
    assert [check.ok for check in following.checks()] == [False]
    origin.put(_text().replace("revision: 1.", "revision: 4."))
    following.now()
    assert (one.trouble, runbooks[UNLOCK].revision[0]) == ("", "4")
    assert sorted(actions(journal)) == ["checkout.forwarded", "checkout.forwarded", "checkout.refused"]


def test_nothing_is_lost_where_history_was_rewritten_or_somebody_works_there(
    journal: Journal, origin: Origin, tmp_path: Path
) -> None:
    following, one, runbooks, remote = house(journal, origin, tmp_path)
    origin.put(_text().replace("revision: 1.", "revision: 5."), amend=True)
    stood = head_of(remote)
    following.now()
    assert "rewritten" in one.trouble
    assert head_of(remote) == stood
    (remote.folder / "unlock.yaml").write_text(_text() + "\n# by hand", encoding="utf-8")
    following.now()
    assert "changed there by hand" in one.trouble
    assert (remote.folder / "unlock.yaml").read_text(encoding="utf-8").endswith("# by hand")
    assert runbooks[UNLOCK].revision.startswith("1.")


def test_a_branch_that_is_away_is_trouble_and_no_end(journal: Journal, origin: Origin, tmp_path: Path) -> None:
    following, one, _, _ = house(journal, origin, tmp_path)
    origin.bare.rename(tmp_path / "elsewhere.git")
    following.now()
    assert one.trouble
    with pytest.raises(GitFailed):
        clone(RemoteBranch(tmp_path / "other", f"file://{origin.bare}"))
    with pytest.raises(GitFailed):
        clone(RemoteBranch(tmp_path / "other", "ext::sh -c id"))


def test_a_house_makes_its_checkouts_before_it_reads_and_keeps_up_with_them(origin: Origin, tmp_path: Path) -> None:
    there = tmp_path / "ops"
    settings = Settings(data=tmp_path / "data", runbooks=(there,),
                        checkouts=(CheckoutSettings(folder=there, url=f"file://{origin.bare}"),))  # fmt: skip
    made = build(settings, role="door", clock=ManualClock(NOW), secret_values={})
    try:
        assert UNLOCK in made.rooms.runbooks
        origin.put(_text().replace("revision: 1.", "revision: 7."))
        made.desk.follow()
        assert made.rooms.runbooks[UNLOCK].revision.startswith("7.")
        assert made.desk.following is not None
        assert [one.ok for one in made.desk.following.checks()] == [True]
    finally:
        made.desk.telemetry.close()
        made.journal.close()
    with pytest.raises(SettingsInvalid, match="cannot be made"):
        build(settings.model_copy(update={"data": tmp_path / "other", "checkouts": (
            CheckoutSettings(folder=tmp_path / "none", url="file:///nowhere.git"),)}),
            role="door", clock=ManualClock(NOW), secret_values={})  # fmt: skip
