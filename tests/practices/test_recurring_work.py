"""Planned work that comes again: rules, clocks that change, and the calendar. Pure."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.errors import BadInput
from tickless.domain.known import Maintenance
from tickless.domain.recurrence import days_of, read_rule
from tickless.domain.service import Service
from tickless.domain.work_series import WorkSeries
from tickless.domain.world import World
from tickless.practices.known.calendar import as_calendar, folded
from tickless.practices.known.recurring import begins_at, check_series, in_words, next_of, windows_of

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
WORLD = World.of(services=[Service(id="wiki", name="Wiki", aliases=("intranet",), criticality=3)])


def series(**given_: object) -> WorkSeries:
    values = {
        "id": "wrk_1", "service": "intranet", "title": "Patches", "rule": "FREQ=WEEKLY;BYDAY=SU", "zone": "Europe/Berlin",
        "at": dt.time(2, 0), "minutes": 90, "first_day": dt.date(2026, 3, 1), "made_by": "user:ada", "made_at": NOW,
    }  # fmt: skip
    return WorkSeries.model_validate({**values, **given_})


def days(rule: str, first: dt.date, count: int) -> list[str]:
    found = days_of(read_rule(rule), first, after=first, until=first + 800 * DAY)
    return [day.isoformat() for day, _ in zip(found, range(count), strict=False)]


@pytest.mark.parametrize(
    ("rule", "first", "wanted"),
    [
        ("FREQ=DAILY;INTERVAL=3", dt.date(2026, 2, 27), ["2026-02-27", "2026-03-02", "2026-03-05"]),
        ("FREQ=WEEKLY", dt.date(2026, 3, 3), ["2026-03-03", "2026-03-10", "2026-03-17"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU", dt.date(2026, 3, 4), ["2026-03-08", "2026-03-16", "2026-03-22"]),
        ("FREQ=MONTHLY;BYDAY=2SU", dt.date(2026, 3, 1), ["2026-03-08", "2026-04-12", "2026-05-10"]),
        ("FREQ=MONTHLY;BYDAY=-1FR", dt.date(2026, 1, 31), ["2026-02-27", "2026-03-27", "2026-04-24"]),
        ("FREQ=MONTHLY;BYMONTHDAY=31", dt.date(2026, 1, 1), ["2026-01-31", "2026-03-31", "2026-05-31"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", dt.date(2026, 1, 1), ["2026-01-31", "2026-02-28", "2026-03-31"]),
        ("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=15", dt.date(2026, 2, 20), ["2026-05-15", "2026-08-15", "2026-11-15"]),
        ("RRULE:FREQ=MONTHLY;BYDAY=5MO", dt.date(2026, 3, 1), ["2026-03-30", "2026-06-29", "2026-08-31"]),
        ("FREQ=DAILY;BYDAY=MO,TU", dt.date(2026, 3, 4), ["2026-03-09", "2026-03-10", "2026-03-16"]),
    ],
)
def test_rules_come_on_the_days_that_the_standard_names(rule: str, first: dt.date, wanted: list[str]) -> None:
    assert days(rule, first, 3) == wanted


@pytest.mark.parametrize(
    "rule",
    ["", "FREQ=YEARLY", "FREQ=WEEKLY;COUNT=3", "FREQ=WEEKLY;BYDAY=2SU", "FREQ=MONTHLY", "FREQ=MONTHLY;BYMONTHDAY=0",
     "FREQ=MONTHLY;BYDAY=SU;BYMONTHDAY=1", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;INTERVAL=99999999999", "FREQ=WEEKLY;BYDAY=XX",
     "FREQ=WEEKLY;FREQ=DAILY", "FREQ=DAILY;BYMONTHDAY=3", "FREQ=DAILY;INTERVAL=١"],
)  # fmt: skip
def test_what_no_rule_knows_is_refused_with_how_to_write_it(rule: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_rule(rule)
    assert caught.value.mend


@given(st.text(max_size=60))
def test_any_text_is_a_rule_or_is_refused(text: str) -> None:
    try:
        read_rule(text)
    except BadInput:
        return
    assert "FREQ=" in text.upper()


def test_a_window_stays_at_its_time_when_the_clocks_change() -> None:
    found = windows_of(series(), since=NOW, until=NOW + 60 * DAY)
    assert [one.starts_at.isoformat() for one in found[:5]] == [
        "2026-03-08T01:00:00+00:00",
        "2026-03-15T01:00:00+00:00",
        "2026-03-22T01:00:00+00:00",
        "2026-03-29T01:00:00+00:00",  # 02:00 is skipped that night: 03:00 summer time
        "2026-04-05T00:00:00+00:00",
    ]
    assert {one.ends_at - one.starts_at for one in found} == {dt.timedelta(minutes=90)}


def test_a_time_that_comes_twice_is_its_first() -> None:
    assert begins_at(dt.date(2026, 10, 25), dt.time(2, 30), "Europe/Berlin").isoformat() == "2026-10-25T00:30:00+00:00"


ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Apia", "Australia/Lord_Howe", "Asia/Kolkata"]
)
RULES = st.sampled_from(
    [
        "FREQ=DAILY",
        "FREQ=WEEKLY;BYDAY=MO,SA",
        "FREQ=WEEKLY;INTERVAL=3",
        "FREQ=MONTHLY;BYDAY=-1SU",
        "FREQ=MONTHLY;BYMONTHDAY=31",
    ]
)


@given(RULES, ZONES, st.times(), st.integers(0, 400), st.integers(1, 60), st.integers(1, 60))
def test_however_it_is_asked_for_the_windows_are_the_same(
    rule: str, zone: str, at: dt.time, begin: int, first: int, second: int
) -> None:
    """Made in two goes they are those of one go, in order, none twice; each at its time by the clocks there."""
    one = series(rule=rule, zone=zone, at=at.replace(second=0, microsecond=0))
    since = NOW + begin * DAY
    middle, until = since + first * DAY, since + (first + second) * DAY
    whole = windows_of(one, since=since, until=until)
    assert windows_of(one, since=since, until=middle) + windows_of(one, since=middle, until=until) == whole
    assert [window.starts_at for window in whole] == sorted({window.starts_at for window in whole})
    assert len({window.id for window in whole}) == len(whole)
    for window in whole:
        here = window.starts_at.astimezone(ZoneInfo(zone))
        local = here.replace(tzinfo=None)
        wanted = dt.datetime.combine(local.date(), one.at)
        gap = (local - wanted).total_seconds()
        assert gap == 0 or 0 < gap <= 3_600 or gap < -80_000, (local, one.at)


def test_names_become_records_and_what_cannot_be_is_refused() -> None:
    assert check_series(series(rule=" rrule:freq=weekly;byday=su "), WORLD, now=NOW).model_dump(
        include={"service", "rule"}
    ) == {"service": "wiki", "rule": "FREQ=WEEKLY;BYDAY=SU"}
    for wrong in (
        {"zone": "Mars/Olympus"},
        {"zone": "../../etc/passwd"},
        {"minutes": 0},
        {"minutes": 100_000},
        {"service": "nowhere"},
        {"owner": "nobody"},
        {"last_day": dt.date(2026, 2, 1)},
        {"last_day": dt.date(2026, 3, 1)},
        {"first_day": dt.date(9999, 12, 31)},
        {"rule": "FREQ=MONTHLY;BYMONTHDAY=31;INTERVAL=12", "first_day": dt.date(2026, 4, 1)},
    ):
        with pytest.raises(BadInput):
            check_series(series(**wrong), WORLD, now=NOW)


def test_what_comes_next_and_when_in_words() -> None:
    one = series(rule="FREQ=MONTHLY;BYDAY=2SU,-1FR")
    coming = next_of(one, now=NOW)
    assert coming is not None
    assert coming.starts_at.date() == dt.date(2026, 3, 8)
    assert in_words(one) == "every month on the last Friday and the second Sunday, 02:00, Europe/Berlin"
    assert in_words(series(rule="FREQ=WEEKLY;INTERVAL=2")) == "every 2 weeks on Sunday, 02:00, Europe/Berlin"
    assert (
        in_words(series(rule="FREQ=MONTHLY;BYMONTHDAY=-1,3"))
        == "every month on day 3 and the last day, 02:00, Europe/Berlin"
    )
    assert next_of(series(last_day=dt.date(2026, 3, 1)), now=NOW) is None


def window(title: str, note: str = "", *, cancelled: bool = False) -> Maintenance:
    return Maintenance(
        id="mnt_1", service="wiki", title=title, note=note, starts_at=NOW, ends_at=NOW + DAY, cancelled=cancelled
    )


@given(st.text(st.characters(), max_size=300), st.text(st.characters(), max_size=300))
def test_whatever_is_written_stays_one_property_of_one_event(title: str, note: str) -> None:
    """Nothing that people write begins a property or an event of its own; lines are short, and unfold to what was meant."""
    text = as_calendar([window(title, note), window("b", cancelled=True)], named={"wiki": title}, at=NOW)
    raw = text.encode()
    assert raw.endswith(b"END:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")
    lines = text.replace("\r\n ", "").split("\r\n")
    heads = [line.partition(":")[0] for line in lines]
    assert heads.count("BEGIN") == heads.count("END") == 3
    assert (heads.count("UID"), heads.count("DTSTART"), heads.count("SUMMARY")) == (2, 2, 2)
    assert "STATUS:CANCELLED" in lines
    assert "DTSTART:20260302T090000Z" in lines


@given(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r\n"), max_size=400))
def test_a_folded_line_unfolds_to_itself(line: str) -> None:
    assert folded(line).replace("\r\n ", "") == line
