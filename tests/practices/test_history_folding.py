"""Rows of tickets: times, words, mappings, and what a ticket's rows come to. Awkward ones by hand, the rest by Hypothesis."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.errors import BadInput
from tickless.domain.history_import import ColumnMapping
from tickless.practices.history.entries import Entry, Reader, Refused, event_key, ticket_id
from tickless.practices.history.folding import fold
from tickless.practices.history.guessing import guess
from tickless.practices.history.stamps import ORDERS, likeliest, minutes_of, read_stamp
from tickless.practices.history.words import priority_of, state_of

SECRET = "5e" * 32
EVENTS = ColumnMapping(
    layout="events",
    columns={
        "number": "n",
        "updated": "at",
        "state": "s",
        "team": "g",
        "assignee": "a",
        "opened": "o",
        "reopen_count": "r",
    },
    zone="UTC",
)


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def entries(*rows: tuple[str, str, str], mapping: ColumnMapping = EVENTS) -> list[Entry]:
    """(time, state, team) of one ticket."""
    reader = Reader(mapping, SECRET)
    found = [
        reader.read({"n": "T1", "at": at, "s": state, "g": team}, place)
        for place, (at, state, team) in enumerate(rows, 1)
    ]
    assert not any(isinstance(one, Refused) for one in found)
    return [one for one in found if isinstance(one, dict)]


@pytest.mark.parametrize(
    ("text", "order", "moment"),
    [
        ("29/2/2016 01:16", "dmy", "2016-02-29T01:16"),
        ("12/31/2025 11:05 PM", "mdy", "2025-12-31T23:05"),
        ("12/31/2025 12:05 AM", "mdy", "2025-12-31T00:05"),
        ("2026-03-04T10:15:30.123+0200", "iso", "2026-03-04T08:15:30.123"),
        ("2026-03-04 10:15 UTC", "iso", "2026-03-04T10:15"),
        ("24/Jan/23 3:15 PM", "dmy", "2023-01-24T15:15"),
        ("Tue Jan 24 10:00:00 2023", "dmy", "2023-01-24T10:00"),
        ("1700000000", "epoch", "2023-11-14T22:13:20"),
        ("1700000000000", "epoch", "2023-11-14T22:13:20"),
        ("2025/12/31", "ymd", "2025-12-31T00:00"),
    ],
)
def test_times_are_read_as_they_are_written(text: str, order: str, moment: str) -> None:
    assert read_stamp(text, next(one for one in ORDERS if one == order), "UTC") == utc(moment)


@pytest.mark.parametrize(
    "text",
    ["30/2/2016 01:16", "soon", "", "13/13/2025", "99999999999999999999", "25:00", "2026-13-01", "1/1/0001 00:00"],
)
def test_what_is_no_time_is_none(text: str) -> None:
    assert all(read_stamp(text, order, "UTC") is None for order in ORDERS)


def test_local_times_around_the_clock_change() -> None:
    """Passed twice: the first of both. Left out: as if the clocks had not been put forward."""
    assert read_stamp("2025-10-26 02:30", "iso", "Europe/Zurich") == utc("2025-10-26T00:30")
    assert read_stamp("2025-03-30 02:30", "iso", "Europe/Zurich") == utc("2025-03-30T01:30")
    with pytest.raises(BadInput):
        read_stamp("2025-03-30 02:30", "iso", "Mars/Olympus")


@given(st.text(max_size=40))
def test_reading_a_time_never_breaks(text: str) -> None:
    for order in ORDERS:
        found = read_stamp(text, order, "Europe/Zurich")
        assert found is None or found.utcoffset() == dt.timedelta(0)


@given(
    st.lists(
        st.datetimes(
            min_value=utc("2000-01-01").replace(tzinfo=None), max_value=utc("2090-01-01").replace(tzinfo=None)
        ),
        min_size=20,
        max_size=40,
        unique=True,
    )
)
def test_the_order_of_days_and_months_is_found_where_one_day_tells_it(moments: list[dt.datetime]) -> None:
    moments = [*moments, utc("2020-05-31")]
    order, sure = likeliest([[f"{moment:%d/%m/%Y %H:%M}" for moment in moments]])
    assert (order, sure) == ("dmy", True)
    order, sure = likeliest([[f"{moment:%m/%d/%Y %H:%M}" for moment in moments]])
    assert (order, sure) == ("mdy", True)


def test_a_month_that_is_named_leaves_nothing_open() -> None:
    _, sure = likeliest([["Tue Mar 03 10:15:00 2026", "Wed Mar 04 09:00:00 2026"]])
    assert sure


@pytest.mark.parametrize(
    ("said", "minutes"),
    [("35", 35), ("1,200", 1200), ("45 minutes", 45), ("2.25 hours (135 minutes)", 135), ("1h 30m", 90), ("90 sec", 1.5),
     ("soon", None), ("10 apples and 2", None), ("", None)],
)  # fmt: skip
def test_work_is_understood_as_people_and_systems_write_it(said: str, minutes: float | None) -> None:
    assert minutes_of(said) == minutes


@given(st.text(max_size=30), st.text("0123456789 .,hmsd()inutes", max_size=30))
def test_reading_work_never_breaks(text: str, like: str) -> None:
    for one in (text, like):
        found = minutes_of(one)
        assert found is None or isinstance(found, float)


def test_a_ticket_that_was_paused_passed_on_and_reopened() -> None:
    found = fold("desk", entries(
        ("2026-01-01 09:00", "New", "A"), ("2026-01-01 10:00", "Active", "A"), ("2026-01-01 11:00", "Awaiting User Info", "B"),
        ("2026-01-02 09:00", "Active", "B"), ("2026-01-02 12:00", "Resolved", "B"), ("2026-01-03 12:00", "Active", "A"),
        ("2026-01-04 12:00", "Resolved", "A"), ("2026-01-09 12:00", "Closed", "A"),
    ), EVENTS)  # fmt: skip
    assert found.opened_at == utc("2026-01-01T09:00")
    assert found.acknowledged_at == utc("2026-01-01T10:00")
    assert found.resolved_at == utc("2026-01-04T12:00")
    assert found.closed_at == utc("2026-01-09T12:00")
    assert (found.reopened_at, found.reopen_count) == ((utc("2026-01-03T12:00"),), 1)
    assert (found.reassignment_count, [span.holder for span in found.teams]) == (2, ["A", "B", "A"])
    assert [(span.since, span.until) for span in found.states if span.state == "pending"] == [
        (utc("2026-01-01T11:00"), utc("2026-01-02T09:00"))
    ]
    assert found.state == "closed"


def test_a_ticket_that_is_open_again_is_not_resolved_by_its_events() -> None:
    found = fold(
        "desk",
        entries(
            ("2026-01-01 09:00", "New", ""), ("2026-01-02 09:00", "Closed", ""), ("2026-01-03 09:00", "Active", "")
        ),
        EVENTS,
    )
    assert (found.closed_at, found.resolved_at, found.reopen_count) == (None, None, 1)


def test_a_log_that_names_no_end_ends_with_its_last_event() -> None:
    mapping = EVENTS.model_copy(update={"last_closes": True})
    found = fold("desk", entries(("2026-01-01 09:00", "", ""), ("2026-01-05 09:00", "", ""), mapping=mapping), mapping)
    assert (found.opened_at, found.closed_at) == (utc("2026-01-01T09:00"), utc("2026-01-05T09:00"))


ROWS = st.lists(
    st.tuples(
        st.datetimes(
            min_value=utc("2025-01-01").replace(tzinfo=None), max_value=utc("2025-12-31").replace(tzinfo=None)
        ).map(lambda moment: f"{moment:%Y-%m-%d %H:%M}"),
        st.sampled_from(["New", "Active", "On hold", "Resolved", "Closed", ""]),
        st.sampled_from(["A", "B", ""]),
    ),
    min_size=1,
    max_size=8,
)


@given(ROWS, st.randoms())
def test_folding_heeds_times_not_the_order_of_rows_and_its_spans_touch(
    rows: list[tuple[str, str, str]], chance: object
) -> None:
    made = entries(*rows)
    found = fold("desk", made, EVENTS)
    assert fold("desk", list(reversed(made)), EVENTS) == found
    for spans in (found.states, found.teams):
        for before, after in itertools.pairwise(spans):
            assert before.until == after.since
            assert before.since <= after.since
        assert not spans or spans[-1].until is None
    assert found.opened_at is not None
    assert found.reopen_count is None or found.reopen_count == len(found.reopened_at)


@given(st.dictionaries(st.sampled_from(["n", "at", "s", "g", "a", "o", "r", "x"]), st.text(max_size=30)))
def test_any_row_is_taken_or_refused_with_a_reason_and_a_mend(cells: dict[str, str]) -> None:
    found = Reader(EVENTS, SECRET).read(cells, 1)
    if isinstance(found, Refused):
        assert found.reason
        assert found.mend
    else:
        assert found["number"]
        assert fold("desk", [found], EVENTS).id == ticket_id("desk", found["number"])


def test_people_become_pseudonyms_and_their_names_and_addresses_leave_the_text() -> None:
    mapping = ColumnMapping(columns={"number": "n", "caller": "c", "assignee": "a", "title": "t"})
    said = {"n": "1", "c": "Ada Byron", "a": "ADA  byron", "t": "Ada Byron, ada@x.example, cannot print"}
    read = Reader(mapping, SECRET).read(said, 1)
    assert isinstance(read, dict)
    assert read["caller"] == read["assignee"]
    assert "Ada" not in str(read)
    assert "ada@" not in str(read)
    other = Reader(mapping, "ab" * 32).read({"n": "1", "c": "Ada Byron"}, 1)
    assert isinstance(other, dict)
    assert other["caller"] != read["caller"]


def test_the_same_happening_has_the_same_key_wherever_it_stands() -> None:
    one, other = entries(("2026-01-01 09:00", "New", "A"), ("2026-01-01 09:00", "New", "A"))
    assert event_key(one) == event_key(other)


def test_a_mapping_is_guessed_by_names_and_by_values() -> None:
    rows = [{"Ticket No": "", "Number": f"INC{n % 7}", "sys_updated_at": f"{n % 28 + 1}/1/2026 10:00", "State": word,
    "Resolved": "yes",
             "Assigned to": "x"} for n, word in enumerate(["New", "Work in progress", "Done and dusted",
             "Zzz"] * 8)]  # fmt: skip
    found = guess(list(rows[0]), rows)
    assert found.mapping.layout == "events"
    assert found.mapping.columns["number"] == "Number"
    assert found.mapping.columns["assignee"] == "Assigned to"
    assert found.mapping.order == "dmy"
    assert "resolved" not in found.mapping.columns, "a column named like a time that holds none is left out"
    assert any("Resolved" in doubt for doubt in found.doubts)
    assert found.states["Zzz"] is None
    assert "Ticket No" in found.unused


@pytest.mark.parametrize(("word", "state"), [("Awaiting Vendor", "pending"), ("On Hold", "pending"), ("Work in Progress",
"active"),
                                             ("Reopened", "new"), ("open", "new"), ("Won't Do", "cancelled"), ("Solved",
                                             "resolved"),
                                             ("triggered", "new"), ("acknowledged", "active"), ("Zzz", None)])  # fmt: skip
def test_words_for_states(word: str, state: str | None) -> None:
    assert state_of(word) == state


@pytest.mark.parametrize(
    ("text", "number"),
    [("1 - Critical", 1), ("P3", 3), ("High", 2), ("sev2", 2), ("0", 1), ("gold", None), ("17", None)],
)
def test_priorities(text: str, number: int | None) -> None:
    assert priority_of(text) == number
