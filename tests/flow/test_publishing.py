"""Runbooks are taken in as their files change: all of them or none, once in the record, and what holds is one snapshot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journal.databases import empty

from tickless.app.configured import runbooks_of, runbooks_signature
from tickless.app.settings import Settings
from tickless.app.shipped import shipped
from tickless.domain.errors import RunbookInvalid
from tickless.flow.publishing import Publishing
from tickless.journal import Journal
from tickless.kit.clock import ManualClock
from tickless.sdk.registry import Registry

UNLOCK = "directory.unlock-account"
NOW = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def journal(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Journal]:
    with empty("sqlite", tmp_path / "journal", request) as urls:
        opened = urls.open()
        opened.migrate()
        yield opened
        opened.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "runbooks"
    made.mkdir()
    (made / "unlock.yaml").write_text(_text(), encoding="utf-8")
    return made


def _text() -> str:
    files = [path.read_text(encoding="utf-8") for path in shipped("runbooks").rglob("*.yaml")]
    return next(text for text in files if f"runbook: {UNLOCK}" in text)


def publishing(journal: Journal, folder: Path) -> Publishing:
    settings, registry = Settings(data=folder.parent, runbooks=(folder,)), Registry({}, {})
    return Publishing(
        journal,
        ManualClock(NOW),
        read=lambda: runbooks_of(settings, registry),
        signature=lambda: runbooks_signature(settings),
    )


def records(journal: Journal) -> list[dict[str, object]]:
    with journal.read() as tx:
        return [row.detail for row in tx.audit.rows(limit=100) if row.action == "runbook.published"]


def second(folder: Path, *, name: str = "directory.unlock-again") -> Path:
    path = folder / "second.yaml"
    path.write_text(_text().replace(UNLOCK, name), encoding="utf-8")
    return path


def test_what_is_added_changed_and_retired_holds_at_the_next_look(journal: Journal, folder: Path) -> None:
    held = publishing(journal, folder)
    heard: list[int] = []
    held.changed = lambda: heard.append(len(held))
    other: list[str] = []
    held.rewritten = lambda tx, name: other.append(name)
    held.look()
    assert (list(held), heard) == ([UNLOCK], []), "nothing changed, nothing is taught anew"
    path = second(folder)
    held.look()
    assert sorted(held) == [UNLOCK, "directory.unlock-again"]
    path.write_text(path.read_text().replace("title: ", "title: Really "))
    held.look()
    assert other == [], "it does what it did"
    path.write_text(path.read_text().replace("revision: 1.", "revision: 2."))
    held.look()
    assert other == ["directory.unlock-again"]
    assert held["directory.unlock-again"].revision.startswith("2.")
    path.unlink()
    held.look()
    assert (list(held), heard) == ([UNLOCK], [2, 2, 2, 1])
    assert [sorted(key for key, value in one.items() if value) for one in records(journal)] == [
        ["added"], ["changed"], ["changed"], ["retired"],
    ]  # fmt: skip


def test_one_file_with_a_problem_leaves_everything_as_it_was_and_is_named(journal: Journal, folder: Path) -> None:
    held = publishing(journal, folder)
    second(folder)
    broken = folder / "broken.yaml"
    broken.write_text("runbook: only-a-name\n", encoding="utf-8")
    found = held.sync(by="user:a")
    assert list(held) == [UNLOCK]
    assert {one.path for one in found.problems} == {"broken.yaml"}
    assert held.problems == found.problems
    assert records(journal) == []
    broken.unlink()
    held.look()
    assert (len(held), held.problems) == (2, ())


def test_a_rehearsal_changes_nothing(journal: Journal, folder: Path) -> None:
    held = publishing(journal, folder)
    second(folder)
    assert held.sync(by="user:a", dry_run=True).added == ("directory.unlock-again",)
    assert (list(held), records(journal)) == ([UNLOCK], [])
    held.look()
    assert len(held) == 2, "what was only rehearsed is still to be taken in"


def test_several_processes_take_it_in_and_one_record_tells_of_it(journal: Journal, folder: Path) -> None:
    one, two = publishing(journal, folder), publishing(journal, folder)
    second(folder)
    one.look()
    two.look()
    assert (len(one), len(two), len(records(journal))) == (2, 2, 1)


def test_a_house_does_not_start_with_what_does_not_compile(journal: Journal, folder: Path) -> None:
    (folder / "broken.yaml").write_text("runbook: only-a-name\n", encoding="utf-8")
    with pytest.raises(RunbookInvalid):
        publishing(journal, folder)


def test_who_looked_before_goes_on_with_what_held_then(journal: Journal, folder: Path) -> None:
    held = publishing(journal, folder)
    before = held.values()
    second(folder)
    held.look()
    assert [one.runbook for one in before] == [UNLOCK]


def test_what_was_rewritten_while_no_house_ran_is_noticed_at_the_start(journal: Journal, folder: Path) -> None:
    file = folder / "unlock.yaml"
    publishing(journal, folder).look_back()
    assert records(journal) == [], "the first time there is nothing to look back at"
    file.write_text(_text().replace("minutes_saved: ", "minutes_saved: 1"), encoding="utf-8")
    small, told = publishing(journal, folder), list[str]()
    small.rewritten = lambda tx, name: told.append(name)
    small.look_back()
    assert (told, len(records(journal))) == ([], 1)
    file.write_text(_text().replace("revision: 1.", "revision: 2."), encoding="utf-8")
    for _ in range(2):
        large = publishing(journal, folder)
        large.rewritten = lambda tx, name: told.append(name)
        large.look_back()
    assert (told, len(records(journal))) == ([UNLOCK], 2)


def test_what_is_retired_keeps_no_rung_for_what_comes_back_under_its_name(journal: Journal, folder: Path) -> None:
    (folder / "other.yaml").write_text(_text().replace(UNLOCK, "directory.unlock-again"), encoding="utf-8")
    held, told = publishing(journal, folder), list[str]()
    held.rewritten = lambda tx, name: told.append(name)
    (folder / "other.yaml").unlink()
    assert held.sync(by="ana").retired == ("directory.unlock-again",)
    assert told == ["directory.unlock-again"]
