"""Spans of standing reports: property tests."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.report_subscription import Cadence
from tickless.stages.measure.week.spans import due_span

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "Australia/Lord_Howe")
moments = st.integers(0, 15 * 365 * 1_440).map(
    lambda minutes: dt.datetime(2020, 1, 3, tzinfo=dt.UTC) + dt.timedelta(minutes=minutes, seconds=7)
)
cadences = st.sampled_from(["daily", "weekly", "monthly"])
times = st.times().map(lambda at: at.replace(second=0, microsecond=0))


@given(cadence=cadences, at=times, zone=st.sampled_from(ZONES), now=moments)
def test_a_span_has_ended_and_the_next_one_has_not(cadence: Cadence, at: dt.time, zone: str, now: dt.datetime) -> None:
    since, until = due_span(cadence, at=at, zone=zone, now=now)
    assert since < until <= now
    longest = {"daily": 2, "weekly": 8, "monthly": 32}[cadence]
    assert now - until < dt.timedelta(days=longest)


@given(cadence=cadences, at=times, zone=st.sampled_from(ZONES), now=moments)
def test_spans_meet_without_a_gap(cadence: Cadence, at: dt.time, zone: str, now: dt.datetime) -> None:
    since, _ = due_span(cadence, at=at, zone=zone, now=now)
    before, end = due_span(cadence, at=at, zone=zone, now=since)
    assert end == since
    assert before < since


def test_it_stays_at_its_time_when_the_clocks_change() -> None:
    now = dt.datetime(2026, 3, 30, 6, tzinfo=dt.UTC)
    since, until = due_span("weekly", at=dt.time(7), zone="Europe/Berlin", now=now)
    assert (since, until) == (dt.datetime(2026, 3, 23, 6, tzinfo=dt.UTC), dt.datetime(2026, 3, 30, 5, tzinfo=dt.UTC))
    assert until.astimezone(ZoneInfo("Europe/Berlin")).hour == 7


def test_a_month_is_a_month_of_the_calendar() -> None:
    now = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)
    since, until = due_span("monthly", at=dt.time(7), zone="UTC", now=now)
    assert (since, until) == (dt.datetime(2026, 2, 1, 7, tzinfo=dt.UTC), dt.datetime(2026, 3, 1, 7, tzinfo=dt.UTC))
