"""Events of calendars that come again: against dateutil's reading of the same rules, and by hand where clocks change."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr  # type: ignore[import-untyped] # comes with the durable engine
from hypothesis import given, settings
from hypothesis import strategies as st

from tickless.domain.calendar_file import Entry, read_calendar
from tickless.domain.calendar_repeats import beginnings, read_repeats
from tickless.domain.errors import BadInput

BERLIN = ZoneInfo("Europe/Berlin")
UNTIL = dt.datetime(2027, 6, 1, tzinfo=dt.UTC)
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def read(*lines: str, since: dt.datetime | None = None, until: dt.datetime = UNTIL) -> list[Entry]:
    event = "\r\n".join(("BEGIN:VCALENDAR", "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR"))
    return read_calendar(event.replace("|", "\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\n"), since=since, until=until)


@st.composite
def rules(draw: st.DrawFn) -> str:
    freq = draw(st.sampled_from(("DAILY", "WEEKLY", "MONTHLY", "YEARLY")))
    parts = [f"FREQ={freq}", f"INTERVAL={draw(st.integers(1, 4))}"]
    if freq == "WEEKLY" or (freq == "DAILY" and draw(st.booleans())):
        days = draw(st.sets(st.sampled_from(DAYS), min_size=1))
        parts.append(f"BYDAY={','.join(sorted(days))}")
    if freq == "MONTHLY" and draw(st.booleans()):
        day, nth = draw(st.sampled_from(DAYS)), draw(st.sampled_from((-2, -1, 1, 2, 3, 5)))
        parts.append(
            draw(st.sampled_from((f"BYDAY={nth}{day}", f"BYMONTHDAY={draw(st.sampled_from((1, 15, 31, -1)))}")))
        )
    if draw(st.booleans()):
        parts.append(f"WKST={draw(st.sampled_from(DAYS))}")
    ended = st.sampled_from(("COUNT=7", "UNTIL=20261231T120000Z", ""))
    return ";".join(part for part in [*parts, draw(ended)] if part)


@settings(max_examples=150, deadline=None)
@given(text=rules(), day=st.integers(0, 500), hour=st.integers(0, 23))
def test_the_days_of_a_rule_are_those_that_others_read(text: str, day: int, hour: int) -> None:
    first = dt.datetime(2026, 1, 1, hour, tzinfo=dt.UTC) + dt.timedelta(days=day)
    ours = list(beginnings(read_repeats(text, first.date()), first, until=UNTIL))
    theirs = [at for at in rrulestr(text, dtstart=first).between(first, UNTIL, inc=True) if at < UNTIL]
    assert ours == theirs


def test_a_night_shift_keeps_its_clocks_over_both_changes() -> None:
    berlin = "TZID=Europe/Berlin"
    shifts = read("UID:n", f"DTSTART;{berlin}:20260101T180000", f"DTEND;{berlin}:20260102T080000", "RRULE:FREQ=DAILY")
    assert {(one.starts_at.astimezone(BERLIN).hour, one.ends_at.astimezone(BERLIN).hour) for one in shifts} == {(18, 8)}
    lengths = {one.ends_at - one.starts_at for one in shifts}
    assert lengths == {dt.timedelta(hours=hours) for hours in (13, 14, 15)}
    assert len({one.uid for one in shifts}) == len(shifts)
    assert {one.series for one in shifts} == {"n"}


def test_days_left_out_added_moved_and_called_off() -> None:
    found = read(
        "UID:w", "SUMMARY:Fay", "DTSTART:20260302T090000Z", "DURATION:PT8H", "RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=6",
        "EXDATE:20260309T090000Z,20260316T090000Z", "RDATE:20260303T090000Z",
        "|UID:w", "SUMMARY:Cy", "RECURRENCE-ID:20260323T090000Z", "DTSTART:20260324T090000Z", "DURATION:PT8H",
        "|UID:w", "RECURRENCE-ID:20260330T090000Z", "DTSTART:20260330T090000Z", "DURATION:PT8H", "STATUS:CANCELLED",
    )  # fmt: skip
    assert [(one.title, f"{one.starts_at:%m-%d}") for one in found] == [
        ("Fay", "03-02"), ("Fay", "03-03"), ("Cy", "03-24"), ("Fay", "04-06"),
    ]  # fmt: skip
    assert found[2].uid == "w#20260323T0900Z", "it stays the one that it stands for"


def test_only_what_is_near_is_told_of_what_repeats() -> None:
    since, until = dt.datetime(2026, 5, 1, 4, tzinfo=dt.UTC), dt.datetime(2026, 5, 3, tzinfo=dt.UTC)
    found = read(
        "UID:d", "DTSTART:20260101T000000Z", "DTEND:20260101T080000Z", "RRULE:FREQ=DAILY", since=since, until=until
    )
    assert [one.starts_at.day for one in found] == [1, 2]
    yearly = read("UID:y", "DTSTART;VALUE=DATE:20201224", "DTEND;VALUE=DATE:20201227", "RRULE:FREQ=YEARLY", since=since)
    assert [(one.starts_at.date(), one.ends_at - one.starts_at) for one in yearly] == [
        (dt.date(2026, 12, 24), dt.timedelta(days=3))
    ]


@pytest.mark.parametrize("rule", ["FREQ=HOURLY", "FREQ=WEEKLY;BYSETPOS=1", "FREQ=DAILY;COUNT=0", "FREQ=DAILY;COUNT=999999999",
                                  "FREQ=DAILY;UNTIL=soon", "FREQ=WEEKLY;WKST=XX", "FREQ=YEARLY;BYMONTH=3", "", "COUNT=3",
                                  "FREQ=DAILY\r\nRRULE:FREQ=WEEKLY",
                                  "FREQ=DAILY\r\nRDATE;VALUE=PERIOD:20260101T0Z/PT1H"])  # fmt: skip
def test_what_cannot_be_read_whole_is_refused(rule: str) -> None:
    with pytest.raises(BadInput):
        read("UID:x", "DTSTART:20260101T000000Z", "DTEND:20260101T080000Z", f"RRULE:{rule}")
