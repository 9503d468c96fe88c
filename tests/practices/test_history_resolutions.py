"""Words of how tickets of the past were resolved: which column holds them, what is kept of them, that nothing is kept twice."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.history import TicketHistory
from tickless.domain.history_import import ColumnMapping, HistoryField, HistoryImport
from tickless.flow.desk.history import HistoryDesk
from tickless.flow.desk.history_files import Preview
from tickless.journal import Journal
from tickless.kit.clock import SystemClock
from tickless.kit.redaction import MASK
from tickless.practices.history.entries import RESOLUTION, Entry, Reader
from tickless.practices.history.guessing import guess
from tickless.practices.history.markup import without_markup
from tickless.practices.history.reading import opened, read_rows
from tickless.sdk.registry import Registry

COLUMNS: dict[HistoryField, str] = {"number": "n", "resolution": "r", "caller": "c", "updated": "u"}
HEAD = ("Number", "Opened", "State", "Updated", "Close notes")
STEPS = "Restarted the print spooler.\nPrinted a test page."


@pytest.fixture
def house(tmp_path: Path) -> Iterator[tuple[Journal, HistoryDesk]]:
    journal = Journal(main_url=f"sqlite:///{tmp_path}/a.db", log_url=f"sqlite:///{tmp_path}/b.db")
    journal.migrate()
    desk = HistoryDesk(journal, SystemClock(), data=tmp_path, node="main", registry=Registry({}, {}))
    yield journal, desk
    desk.close()
    journal.close()


def read(said: str, *, caller: str = "") -> Entry:
    found = Reader(ColumnMapping(columns=COLUMNS), "5e" * 32).read({"n": "T1", "r": said, "c": caller}, 1)
    assert isinstance(found, dict)
    return found


def table(*rows: tuple[str, ...], head: tuple[str, ...] = HEAD) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([head, *rows])
    return out.getvalue().encode()


def look(house: tuple[Journal, HistoryDesk], body: bytes) -> Preview:
    desk = house[1]
    file = desk.new_file()
    desk.add_part(file, 0, body)
    return desk.preview(file, source="desk")


def bring(house: tuple[Journal, HistoryDesk], body: bytes, without: HistoryField | None = None) -> HistoryImport:
    journal, desk = house
    seen = look(house, body)
    columns = {field: column for field, column in seen.guess.mapping.columns.items() if field != without}
    mapping = seen.guess.mapping.model_copy(update={"columns": columns})
    job = desk.start(seen.file, name="x.csv", source="desk", mapping=mapping, by="user:ada")
    assert desk.working._thread is not None
    desk.working._thread.join(timeout=60)
    with journal.read() as tx:
        return tx.history_imports.need(job.id)


def tickets(house: tuple[Journal, HistoryDesk]) -> dict[str, TicketHistory]:
    with house[0].read() as tx:
        return {ticket.number: ticket for ticket in tx.histories()}


@pytest.mark.parametrize("said", ["", "   ", "n/a", "-", "<p></p>", "<p>&nbsp;</p>", "<!-- none -->", "<br/>N/A<br/>"])
def test_what_says_nothing_is_left_out(said: str) -> None:
    assert "resolution" not in read(said)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Restarted the spooler.\r\n\r\n  Printed a test page. ", "Restarted the spooler.\nPrinted a test page."),
        ("<div>Restarted <b>PRN-02</b>.<br>Printed &amp; checked.</div>", "Restarted PRN-02.\nPrinted & checked."),
        ("[code]<ol><li>Open it</li><li>Close it</li></ol>[/code]", "Open it\nClose it"),
        ("Pinged <hostname> and <fqdn>", "Pinged <hostname> and <fqdn>"),
        ("a < b and c > d", "a < b and c > d"),
        ("<style>p{color:red}</style><script>alert(1)</script>Fixed it", "Fixed it"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "<script>alert(1)</script>"),
        ("Cleared\x00 the \u202equeue\u202c", "Cleared the queue"),
    ],
)
def test_markup_goes_and_lines_stay(said: str, kept: str) -> None:
    assert read(said)["resolution"] == kept


def test_people_and_credentials_are_masked() -> None:
    said = "Called Ada Byron on +44 20 7946 0958,\nmailed ada@larkmoor.example.\nNew password: hunter2-Larkmoor"
    kept = read(said, caller="Ada Byron")["resolution"]
    for gone in ("Ada", "7946", "ada@", "hunter2"):
        assert gone not in kept
    assert kept.count(MASK) == 4


def test_long_ones_are_cut_and_no_half_of_an_address_is_left() -> None:
    address = "somebody@larkmoor.example"
    kept = read("x" * (RESOLUTION - 10) + " " + address + " and more" * 5_000)["resolution"]
    assert len(kept) == RESOLUTION
    assert "somebody" not in kept
    tagged = read("<p>" + "y" * (RESOLUTION * 4 - 5) + "<a href='" + "z" * 900_000)["resolution"]
    assert tagged.endswith("y…")
    assert len(tagged) == RESOLUTION


@given(st.text(alphabet=st.sampled_from(list("<>/!-[]&;#pbr scode\n\u202e\u00e9")), max_size=300))
def test_taking_markup_out_never_breaks(text: str) -> None:
    assert len(without_markup(text, 200)) <= 200
    assert "resolution" not in read(text) or len(read(text)["resolution"]) <= RESOLUTION


CODES = (
    "Fixed",
    "Won't Do",
    "Duplicate",
    "Solved (Work Around)",
    "Not Solved (Too Costly)",
    "Closed/Resolved by Caller",
)
WORDS = [f"Restarted service {n} on the host and told the caller" for n in range(30)]


@pytest.mark.parametrize(
    ("columns", "code", "words"),
    [
        ({"Resolution": CODES * 5}, "Resolution", None),
        ({"Resolution": WORDS}, None, "Resolution"),
        ({"Resolution": ["", "N/A", ""]}, "Resolution", None),
        ({"Resolution": WORDS[:1]}, None, "Resolution"),
        ({"Resolution": ["Password was reset"] * 20}, "Resolution", None),
        ({"Resolution": WORDS, "Close code": CODES * 5}, "Close code", "Resolution"),
        ({"Resolution": CODES * 5, "Resolution notes": WORDS}, "Resolution", "Resolution notes"),
        ({"Resolution": WORDS, "Resolution code": CODES * 5}, "Resolution code", "Resolution"),
        ({"Resolution": WORDS, "Close notes": WORDS}, None, "Close notes"),
        ({"close_code": CODES * 5, "close_notes": WORDS}, "close_code", "close_notes"),
        ({"fields.resolution.name": CODES * 5, "fields.resolution.description": WORDS}, "fields.resolution.name", None),
        ({"Custom field (Resolution notes)": WORDS}, None, "Custom field (Resolution notes)"),
        ({"CF.{Resolution}": WORDS}, None, "CF.{Resolution}"),
        ({"CF.{Resolution}": CODES * 5}, None, None),
        ({"Resolution": ["<p>Restarted it</p>"] * 9}, None, "Resolution"),
        ({"Resolution": ["Restarted it.\nChecked it."] * 9}, None, "Resolution"),
        ({"Solution": WORDS}, None, "Solution"),
        ({"Closing comment": WORDS}, None, "Closing comment"),
    ],
)
def test_a_column_is_a_code_or_words_by_what_stands_in_it(
    columns: dict[str, tuple[str, ...] | list[str]], code: str | None, words: str | None
) -> None:
    count = len(next(iter(columns.values())))
    rows = [{"Number": f"T{n}", **{name: values[n] for name, values in columns.items()}} for n in range(count)]
    found = guess(["Number", *columns], rows)
    assert (found.mapping.columns.get("close_code"), found.mapping.columns.get("resolution")) == (code, words)
    if words is not None:
        assert words in found.why["resolution"]


def test_rows_of_several_lines_are_brought_in_once_and_gone_on_with(house: tuple[Journal, HistoryDesk]) -> None:
    rows = [(f"T{n}", "2026-01-01 09:00", "Closed", "2026-01-02 09:00", f"{STEPS}\n{n}") for n in range(30)]
    body = table(*rows)
    first, again = bring(house, body), bring(house, body)
    assert (first.state, first.rows, first.new, again.new, again.changed, again.same) == ("done", 30, 30, 0, 0, 30)
    assert tickets(house)["T7"].resolution == f"{STEPS}\n7"
    seen = look(house, body)
    source = opened(house[1]._path(seen.file))
    beyond = [row for row, _, _ in read_rows(source, "csv", skip=20)]
    source.close()
    assert beyond == list(range(21, 31)), (
        "an import that was killed goes on behind the rows it has, whatever their lines"
    )


def test_words_come_to_tickets_that_are_there(house: tuple[Journal, HistoryDesk]) -> None:
    body = table(("T1", "2026-01-01 09:00", "Closed", "2026-01-02 09:00", STEPS))
    bring(house, body, without="resolution")
    assert tickets(house)["T1"].resolution == ""
    seen = look(house, body)
    assert seen.known
    assert any("Close notes" in doubt for doubt in seen.guess.doubts), "what the kept mapping lacks is said"
    second = bring(house, body)
    assert (second.new, second.changed, tickets(house)["T1"].resolution) == (0, 1, STEPS)
    assert not any("Close notes" in doubt for doubt in look(house, body).guess.doubts)


def test_a_ticket_that_was_stored_before_there_was_such_a_field_is_known(house: tuple[Journal, HistoryDesk]) -> None:
    body = table(("T1", "2026-01-01 09:00", "Closed", "2026-01-02 09:00", ""))
    bring(house, body)
    (ticket,) = tickets(house).values()
    old = ticket.model_dump_json(exclude={"resolution"})
    with house[0].write() as tx:
        shelf = tx.history_tickets.table
        tx.connection.execute(shelf.update().where(shelf.c.id == ticket.id).values(body=old))
    assert tickets(house)["T1"] == ticket
    assert bring(house, body).same == 1


def test_the_last_words_of_an_event_log_count(house: tuple[Journal, HistoryDesk]) -> None:
    days = [("New", ""), ("Resolved", "Restarted it."), ("Active", ""), ("Resolved", "Replaced the board.")]
    rows = [
        ("T1", "2026-01-01 09:00", state, f"2026-01-0{day} 09:00", said) for day, (state, said) in enumerate(days, 1)
    ]
    bring(house, table(*rows))
    (ticket,) = tickets(house).values()
    assert (ticket.resolution, ticket.reopen_count) == ("Replaced the board.", 1)


def test_a_source_is_forgotten_with_its_words(house: tuple[Journal, HistoryDesk], tmp_path: Path) -> None:
    bring(house, table(("T1", "2026-01-01 09:00", "Closed", "2026-01-02 09:00", STEPS)))
    house[1].forget("desk", by="user:ada")
    assert tickets(house) == {}


SAID = json.loads((Path(__file__).parent / "exports_of_tickets.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("export", "said"),
    [
        ("servicenow", "Restarted the gateway."),
        ("jira", "Reissued the profile.\nIt connects."),
        ("oncall", "Rolled back to 1.4, Queue is empty again"),
        ("pagerduty", ""),
        ("opsgenie", ""),
    ],
)
def test_exports_say_how_it_was_resolved_where_their_products_do(
    house: tuple[Journal, HistoryDesk], export: str, said: str
) -> None:
    bring(house, json.dumps(SAID[export]).encode())
    (ticket,) = tickets(house).values()
    assert ticket.resolution == said
