"""Courtesy: never in quiet hours, never too often, and never earlier than now."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from tickless.flow.courtesy import HOUR, Courtesy, is_quiet, may_speak_at

MOMENTS = st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2027, 1, 1), timezones=st.just(dt.UTC))  # noqa: DTZ001
RULES = Courtesy(zone=ZoneInfo("Europe/Berlin"), zones={"austin": ZoneInfo("America/Chicago")}, per_hour=3)


@given(MOMENTS, st.lists(st.integers(0, 7_200), max_size=12), st.sampled_from(["", "Austin"]))
def test_the_moment_is_allowed_and_not_before_now(now: dt.datetime, ago: list[int], location: str) -> None:
    spoken = [now - dt.timedelta(seconds=seconds) for seconds in ago]
    at = may_speak_at(now, location=location, spoken=spoken, rules=RULES)
    assert at >= now
    assert not is_quiet(at, location=location, rules=RULES)
    assert sum(1 for moment in spoken if dt.timedelta() <= at - moment < HOUR) < RULES.per_hour
    assert may_speak_at(at, location=location, spoken=spoken, rules=RULES) == at


def test_the_clock_of_the_place_counts() -> None:
    evening = dt.datetime(2026, 3, 2, 20, 30, tzinfo=dt.UTC)
    assert is_quiet(evening, location="", rules=RULES)
    assert not is_quiet(evening, location="Austin", rules=RULES)
    assert may_speak_at(evening, location="", spoken=[], rules=RULES) == dt.datetime(2026, 3, 3, 6, 0, tzinfo=dt.UTC)


def test_equal_ends_mean_never_quiet() -> None:
    always = Courtesy(quiet_from=dt.time(0), quiet_until=dt.time(0))
    night = dt.datetime(2026, 3, 2, 3, 0, tzinfo=dt.UTC)
    assert may_speak_at(night, location="", spoken=[], rules=always) == night
