"""Folders of articles are kept in step by the clock, and owners hear of reviews that are due, once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tickless.domain.person import Person
from tickless.domain.world import World
from tickless.flow.desk.knowledge import LOOK_EVERY, KnowledgeCare
from tickless.journal import Journal
from tickless.kit.clock import ManualClock
from tickless.practices.knowledge import Library

NOW = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
FILE = "---\nid: {id}\ntitle: About {id}\nowner: kim\nreviewed: {day}\n---\n\nText.\n"


@pytest.fixture
def rooms(tmp_path: Path) -> Iterator[Any]:
    journal = Journal(main_url=f"sqlite:///{tmp_path / 'a.db'}", log_url=f"sqlite:///{tmp_path / 'b.db'}")
    journal.migrate()
    kim = Person(id="p1", username="kim", name="Kim", email="kim@x.example", department="IT")
    yield SimpleNamespace(
        journal=journal, clock=ManualClock(NOW), world=lambda: World.of(people=[kim]), library=Library.of
    )
    journal.close()


def test_a_folder_is_read_again_when_a_file_changes(rooms: Any, tmp_path: Path) -> None:
    folder = tmp_path / "kb"
    folder.mkdir()
    (folder / "a.md").write_text(FILE.format(id="a", day="2026-01-01"))
    changes: list[int] = []
    care = KnowledgeCare(rooms, [folder], lambda: changes.append(1))
    care.look(NOW)
    care.look(NOW + LOOK_EVERY)
    assert len(changes) == 1
    assert care.check().ok
    (folder / "b.md").write_text("not an article")
    care.look(NOW + 2 * LOOK_EVERY)
    assert (len(changes), care.check().ok) == (1, False)
    assert "b.md:1" in care.check().detail
    (folder / "b.md").write_text(FILE.format(id="b", day="2026-01-01"))
    assert [taken.added for taken in care.sync(by="op", dry_run=True)] == [("b",)]
    care.look(NOW + 3 * LOOK_EVERY)
    assert (len(changes), care.check().ok) == (2, True)
    with rooms.journal.read() as tx:
        assert [one.id for one in tx.articles.where()] == ["a", "b"]


def test_an_owner_hears_once_of_each_review_that_is_due(rooms: Any, tmp_path: Path) -> None:
    folder = tmp_path / "kb"
    folder.mkdir()
    (folder / "old.md").write_text(FILE.format(id="old", day="2024-01-01"))
    (folder / "new.md").write_text(FILE.format(id="new", day="2026-02-01"))
    care = KnowledgeCare(rooms, [folder], lambda: None)
    care.look(NOW)
    care.look(NOW + dt.timedelta(days=1))
    with rooms.journal.read() as tx:
        told = [message.text.raw for message in tx.conversation("notices:p1")]
    assert len(told) == 1
    assert "About old" in told[0]
