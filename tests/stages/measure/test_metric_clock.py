"""Clocks and windows: exact over daylight saving, pauses, nights, closed days."""

from __future__ import annotations

import datetime as dt
import itertools
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.hours import read_hours
from tickless.stages.measure.metrics.clock import SupportClock, elapsed, merged, support_clock
from tickless.stages.measure.metrics.window import Window, periods

UTC = dt.UTC
MINUTE = dt.timedelta(minutes=1)
BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "start", "end", "seconds"),
    [
        ("24x7", "2026-03-28T00:00", "2026-03-30T00:00", 48 * 3600),
        ("daily 00:00-24:00 Europe/Berlin", "2026-03-28T23:00", "2026-03-29T22:00", 23 * 3600),  # the day with 23 hours
        ("daily 00:00-24:00 Europe/Berlin", "2026-10-24T22:00", "2026-10-25T23:00", 25 * 3600),  # the day with 25
        ("daily 02:00-03:00 Europe/Berlin", "2026-03-28T23:00", "2026-03-29T22:00", 0),  # an hour that never came
        ("daily 02:00-03:00 Europe/Berlin", "2026-10-24T22:00", "2026-10-25T23:00", 2 * 3600),  # one that came twice
        (
            "Mon-Fri 08:00-18:00 Europe/Berlin",
            "2026-03-27T16:00",
            "2026-03-30T07:00",
            2 * 3600 + 0,
        ),  # a weekend, and an hour lost
        (
            "Mon-Fri 22:00-06:00",
            "2026-03-06T21:00",
            "2026-03-07T12:00",
            8 * 3600,
        ),  # Friday's night goes on into Saturday
        ("Mon-Fri 08:00-18:00; closed 2026-12-25", "2026-12-24T17:00", "2026-12-28T09:00", 2 * 3600),
        ("Mon-Fri 08:00-18:00", "2026-03-07T10:00", "2026-03-08T10:00", 0),
        ("Mon-Fri 08:00-18:00", "2026-03-04T12:00", "2026-03-04T12:00", 0),
    ],
)
def test_support_hours_are_counted_to_the_second(hours: str, start: str, end: str, seconds: int) -> None:
    assert SupportClock(read_hours(hours)).seconds(at(start), at(end)) == seconds


@given(
    st.sampled_from(
        [
            "Mon-Fri 08:00-18:00 Europe/Berlin",
            "daily 22:30-06:15 America/New_York",
            "Sat,Sun 01:00-03:30 Europe/Berlin",
            "Mon-Sun 00:00-24:00 Australia/Lord_Howe",
            "Mon 00:00-24:00, Wed 10:00-11:00 Asia/Kolkata; closed 2026-03-30",
        ]
    ),
    st.sampled_from(["2026-03-28", "2026-10-24", "2026-11-01", "2026-04-04", "2026-03-07"]),
    st.integers(0, 4 * 1440),
    st.integers(0, 4 * 1440),
)
def test_the_clock_agrees_with_looking_at_every_minute(hours: str, day: str, one: int, other: int) -> None:
    start = at(day) - dt.timedelta(days=1) + min(one, other) * MINUTE
    end = at(day) - dt.timedelta(days=1) + max(one, other) * MINUTE
    known = read_hours(hours)
    minutes = round((end - start) / MINUTE)
    looked = sum(known.covers(start + place * MINUTE) for place in range(minutes))
    assert SupportClock(known).seconds(start, end) == 60 * looked


def test_pauses_are_taken_out_once_and_an_open_one_lasts() -> None:
    start, end = at("2026-03-02T08:00"), at("2026-03-02T18:00")
    pauses = [
        (at("2026-03-02T09:00"), at("2026-03-02T11:00")),
        (at("2026-03-02T10:00"), at("2026-03-02T12:00")),
        (at("2026-03-02T17:00"), None),
    ]
    assert elapsed(start, end, pauses) == 6 * 3600
    assert support_clock("Mon-Fri 10:00-16:00").seconds(start, end, pauses) == 4 * 3600


@given(
    st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), max_size=8), st.integers(0, 500), st.integers(0, 500)
)
def test_pausing_never_makes_it_longer_and_parts_add_up(spans: list[tuple[int, int]], a: int, b: int) -> None:
    zero = at("2026-03-02T00:00")
    start, end = zero + min(a, b) * MINUTE, zero + max(a, b) * MINUTE
    pauses = [(zero + x * MINUTE, zero + y * MINUTE) for x, y in spans]
    covered = {minute for x, y in spans for minute in range(x, y)}
    assert elapsed(start, end, pauses) == 60 * sum(minute not in covered for minute in range(min(a, b), max(a, b)))


def test_what_touches_is_one() -> None:
    a, b, c = (at(f"2026-03-02T0{hour}:00") for hour in (1, 2, 3))
    assert merged([(b, c), (a, b), (c, c)]) == [(a, c)]


@given(
    st.sampled_from(["day", "week", "month"]),
    st.integers(0, 700),
    st.integers(1, 380),
    st.sampled_from(["Europe/Berlin", "UTC", "America/New_York", "Asia/Kolkata"]),
)
def test_periods_cover_the_window_once_and_begin_at_local_midnight(
    grain: str, offset: int, days: int, zone: str
) -> None:
    since = at("2025-01-01T05:17") + dt.timedelta(hours=11 * offset)
    window = Window(since, since + dt.timedelta(days=days))
    found = periods(window, grain, ZoneInfo(zone))  # type: ignore[arg-type]
    assert found[0].since == window.since
    assert found[-1].until == window.until
    for one, other in itertools.pairwise(found):
        assert one.until == other.since
        begins = other.since.astimezone(ZoneInfo(zone))
        assert (begins.hour, begins.minute) == (0, 0)
        assert grain != "week" or begins.weekday() == 0
        assert grain != "month" or begins.day == 1


def test_days_have_23_and_25_hours_where_clocks_are_changed() -> None:
    window = Window(
        dt.datetime(2026, 3, 28, tzinfo=BERLIN).astimezone(UTC), dt.datetime(2026, 3, 31, tzinfo=BERLIN).astimezone(UTC)
    )
    assert [one.days * 24 for one in periods(window, "day", BERLIN)] == [24, 23, 24]
