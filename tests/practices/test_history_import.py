"""Importing: nothing lost, nothing twice, goes on where it was killed, whatever the file is."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.errors import BadInput, NotFound
from tickless.domain.history import TicketHistory
from tickless.domain.history_import import HistoryImport
from tickless.flow.desk import history_work
from tickless.flow.desk.history import HistoryDesk
from tickless.journal import Journal
from tickless.kit.clock import SystemClock
from tickless.practices.history.entries import Reader
from tickless.practices.history.reading import form_of, opened, read_rows
from tickless.practices.history.vendors import cells_of
from tickless.sdk.registry import Registry

HEAD = "Number,Opened,State,Updated\n"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[tuple[Journal, HistoryDesk]]:
    journal = Journal(main_url=f"sqlite:///{tmp_path}/a.db", log_url=f"sqlite:///{tmp_path}/b.db")
    journal.migrate()
    desk = HistoryDesk(journal, SystemClock(), data=tmp_path, node="main", registry=Registry({}, {}))
    yield journal, desk
    desk.close()
    journal.close()


def bring(house: tuple[Journal, HistoryDesk], body: bytes, source: str = "desk") -> HistoryImport:
    journal, desk = house
    file = desk.new_file()
    desk.add_part(file, 0, body)
    mapping = desk.preview(file, source=source).mapping
    job = desk.start(file, name="x.csv", source=source, mapping=mapping, by="user:ada")
    assert desk.working._thread is not None
    desk.working._thread.join(timeout=60)
    with journal.read() as tx:
        return tx.history_imports.need(job.id)


def events(tickets: int) -> str:
    rows = [f"T{n},2026-01-01 09:00,{state},2026-01-{day:02d} 09:00" for n in range(tickets)
            for day, state in ((1, "New"), (2, "Active"), (3, "Closed"))]  # fmt: skip
    return HEAD + "\n".join(rows) + "\n"


def test_events_are_folded_and_the_same_file_again_changes_nothing(house: tuple[Journal, HistoryDesk]) -> None:
    first = bring(house, gzip.compress(events(50).encode()))
    assert (first.state, first.rows, first.new, first.changed, first.refused) == ("done", 150, 50, 100, 0)
    again = bring(house, events(50).encode())
    assert (again.new, again.changed, again.same) == (0, 0, 150)
    with house[0].read() as tx:
        found = list(tx.histories(page=7))
    assert len(found) == 50
    assert {ticket.state for ticket in found} == {"closed"}
    assert all(len(ticket.states) == 3 for ticket in found)


def test_a_killed_import_goes_on_where_it_was(
    house: tuple[Journal, HistoryDesk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stops between two batches, as a process that is killed does: what was committed counts once."""
    journal, desk = house
    monkeypatch.setattr(history_work, "BATCH", 40)
    file = desk.new_file()
    desk.add_part(file, 0, events(100).encode())
    mapping = desk.preview(file).mapping
    desk.working._stop.set()
    job = desk.start(file, name="x", source="desk", mapping=mapping, by="user:ada")
    with journal.write() as tx:
        secret = tx.history_secret("desk")
    reader = Reader(mapping, secret)
    rows = opened(tmp_path / "history" / file)
    source = read_rows(rows, "csv")
    batch = [next(source) for _ in range(40)]
    rows.close()
    stored = desk.working._store(job, list(batch), reader, read=100)
    assert (stored.state, stored.rows) == ("running", 40)
    second = HistoryDesk(journal, SystemClock(), data=tmp_path, node="main", registry=Registry({}, {}))
    second.working.work()
    with journal.read() as tx:
        done = tx.history_imports.need(job.id)
        assert tx.history_tickets.count() == 100
    assert (done.state, done.rows, done.new + done.changed + done.same) == ("done", 300, 300)
    assert not (tmp_path / "history" / file).exists(), "what is imported does not lie about"


def test_every_row_is_taken_known_or_refused_with_its_place(house: tuple[Journal, HistoryDesk]) -> None:
    body = (
        HEAD
        + "T1,2026-01-01 09:00,New,2026-01-01 09:00\n,2026-01-01 09:00,New,\nT2,never,New,\nT3,2026-01-01 09:00,New,x,y,z\n"
    )
    body += "T4,2026-01-02 09:00,New,2026-01-02 09:00\nT1,2026-01-01 09:00,Closed,2026-01-03 09:00\n"
    done = bring(house, body.encode())
    assert done.rows == 6
    assert done.new + done.changed + done.same + done.refused == 6
    with house[0].read() as tx:
        refused = tx.history_refused.by(import_id=done.id)
        (first,) = [ticket for ticket in tx.histories() if ticket.number == "T1"]
    assert [row.row for row in refused] == [2, 3, 4]
    assert all(row.reason and row.mend for row in refused)
    assert first.state == "closed", "the newest row of a ticket counts"


def test_an_older_row_does_not_undo_a_newer_one(house: tuple[Journal, HistoryDesk]) -> None:
    bring(
        house,
        (HEAD + "T1,2026-01-01 09:00,Closed,2026-01-03 09:00\nT2,2026-01-01 09:00,New,2026-01-01 09:00\n").encode(),
    )
    done = bring(
        house, (HEAD + "T1,2026-01-01 09:00,New,2026-01-02 09:00\nT2,2026-01-01 09:00,New,2026-01-01 09:00\n").encode()
    )
    assert (done.new, done.changed, done.same) == (0, 0, 2)


def test_a_source_is_forgotten_whole(house: tuple[Journal, HistoryDesk]) -> None:
    bring(house, events(5).encode())
    bring(house, events(5).encode(), source="other")
    assert house[1].forget("desk", by="user:ada") == 5
    with house[0].read() as tx:
        assert {ticket.source for ticket in tx.histories()} == {"other"}
        assert tx.events_of(ticket.id for ticket in [TicketHistory(id="x", source="desk", number="1")]) == {}
    with pytest.raises(NotFound):
        house[1].forget("desk", by="user:ada")


def test_what_is_no_table_is_told(house: tuple[Journal, HistoryDesk]) -> None:
    for body in (b"", b"Number,Opened\n", b"{}", b"\x1f\x8b\x08broken"):
        file = house[1].new_file()
        house[1].add_part(file, 0, body)
        with pytest.raises(BadInput):
            house[1].preview(file)


EXPORTS = Path(__file__).parent / "exports_of_tickets.json"
SAID = json.loads(EXPORTS.read_text(encoding="utf-8"))
"""By product, in the layouts of their published APIs."""


@pytest.mark.parametrize(
    ("export", "number", "resolved", "priority"),
    [
        ("pagerduty", "7", "2026-01-01T10:00:00+00:00", 2),
        ("opsgenie", "12", None, 3),
        ("oncall", "I68T24C13IFW1", "2026-01-01T09:30:00+00:00", None),
        ("jira", "OPS-1", "2026-01-04T09:00:00+00:00", 2),
        ("servicenow", "INC1", "2026-01-02T09:00:00+00:00", 2),
        ("pagerduty_csv", "7", "2026-01-01T10:00:00+00:00", None),
        ("request_tracker", "14", "2026-01-01T11:00:00+00:00", None),
    ],
)
def test_exports_of_other_systems_are_understood_as_they_are(
    house: tuple[Journal, HistoryDesk], export: str, number: str, resolved: str | None, priority: int | None
) -> None:
    said = SAID[export]
    done = bring(house, (said if isinstance(said, str) else json.dumps(said)).encode())
    assert (done.state, done.refused) == ("done", 0)
    with house[0].read() as tx:
        (ticket,) = tx.histories()
    assert (ticket.number, ticket.priority) == (number, priority)
    assert (ticket.resolved_at.isoformat() if ticket.resolved_at else None) == resolved
    assert ticket.opened_at is not None
    assert ticket.opened_at.isoformat() == "2026-01-01T09:00:00+00:00"
    assert ticket.state in {"resolved", "closed"}
    assert "Ada" not in ticket.model_dump_json()


def test_times_that_are_counted_and_work_in_words_are_understood(house: tuple[Journal, HistoryDesk]) -> None:
    bring(house, SAID["pagerduty_csv"].encode(), "pagerduty")
    bring(house, SAID["request_tracker"].encode(), "rt")
    with house[0].read() as tx:
        by_source = {ticket.source: ticket for ticket in tx.histories()}
    paged, asked = by_source["pagerduty"], by_source["rt"]
    assert paged.opened_at is not None
    assert paged.acknowledged_at == paged.opened_at + dt.timedelta(seconds=48)
    assert paged.resolved_by == paged.assignee is not None
    assert asked.effort_minutes == 135.0


def test_a_scale_that_counts_another_way_is_left_out_and_said(house: tuple[Journal, HistoryDesk]) -> None:
    """Request Tracker counts priorities up: its 0 is the least urgent."""
    _, desk = house
    file = desk.new_file()
    desk.add_part(file, 0, SAID["request_tracker"].encode())
    guess = desk.preview(file).guess
    assert "priority" not in guess.mapping.columns
    assert guess.doubts == (
        "“Priority” holds numbers above 5, so that 1 may not be the most urgent in it: it is left out.",
    )


def test_a_change_log_of_jira_becomes_a_history(house: tuple[Journal, HistoryDesk]) -> None:
    bring(house, json.dumps(SAID["jira"]).encode())
    with house[0].read() as tx:
        (ticket,) = tx.histories()
    assert [span.said for span in ticket.states] == ["To Do", "In Progress", "Done"]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(st.dictionaries(st.text(max_size=6), VALUES, max_size=4), min_size=1, max_size=6), st.booleans())
def test_any_list_of_objects_is_read_whole(
    tmp_path_factory: pytest.TempPathFactory, objects: list[dict[str, object]], lines: bool
) -> None:
    path = tmp_path_factory.mktemp("json") / "x"
    body = "\n".join(map(json.dumps, objects)) + "\n" if lines else json.dumps(objects)
    path.write_text(body, encoding="utf-8")
    form = form_of(path)
    rows = opened(path)
    found = [cells for _, cells, _ in read_rows(rows, "json" if not lines else "lines")]
    rows.close()
    assert found == [cells for one in objects for cells in cells_of(one)]
    assert form in {"json", "lines"}
