"""Hours as people write them."""

from __future__ import annotations

import contextlib
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.hours import read_hours

MOMENTS = st.integers(0, 700_000).map(
    lambda minutes: dt.datetime(2025, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=minutes)
)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def test_days_times_zone_and_closed_days() -> None:
    hours = read_hours("Mon-Fri 08:00-18:00 Europe/Berlin; closed 2026-12-25")
    assert hours.covers(at("2026-03-02T07:30"))
    assert not hours.covers(at("2026-03-02T06:30"))
    assert hours.covers(at("2026-07-06T06:30")), "summer time"
    assert not hours.covers(at("2026-03-01T12:00")), "Sunday"
    assert not hours.covers(at("2026-12-25T12:00"))


def test_a_night_goes_on_into_the_next_morning() -> None:
    hours = read_hours("Fri 22:00-06:00")
    assert hours.covers(at("2026-03-06T23:00"))
    assert hours.covers(at("2026-03-07T05:59"))
    assert not hours.covers(at("2026-03-07T23:00"))
    assert not hours.covers(at("2026-03-06T05:00"))


@given(MOMENTS)
def test_always_is_always(moment: dt.datetime) -> None:
    assert read_hours("24x7").covers(moment)
    assert read_hours("daily 00:00-24:00").covers(moment)
    assert read_hours("Sat-Tue 00:00-24:00, Wed,Thu-Fri 00:00-24:00").covers(moment)


@pytest.mark.parametrize("text", ["", "sometimes", "Mon-Fri", "Mon 8-18", "Mon 08:00-08:00", "Mon 25:00-26:00",
                                  "Mon 08:00-18:00 Nowhere/Town", "Mon 08:00-18:00 Europe/Berlin please"])  # fmt: skip
def test_what_are_no_hours_says_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match="write for example"):
        read_hours(text)


@given(
    st.text(max_size=60)
    | st.from_regex(r"(Mon|Fri)-(Tue|Sun) [0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}( UTC)?", fullmatch=True)
)
def test_any_text_gives_hours_or_a_reason(text: str) -> None:
    with contextlib.suppress(ValueError):
        hours = read_hours(text)
        assert all(0 <= span.start <= 1440 >= span.end for span in hours.spans)
        assert hours.covers(at("2026-03-02T07:30")) in {True, False}
