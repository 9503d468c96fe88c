"""On-call: turns over changes of the clocks, overrides, shifts without holes, load, whom to call next."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tickless.domain.oncall import Layer, Override, PageOut, Schedule, Step
from tickless.domain.person import Person
from tickless.domain.service import Service
from tickless.domain.world import World
from tickless.practices.oncall.core import due_step, gaps, load, next_up, on_call, shifts, unsocial, whom

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Chatham", "Australia/Lord_Howe"]
START = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def schedule(**given_: object) -> Schedule:
    layer = Layer(people=("ada", "bo", "cy"), first_day=dt.date(2026, 3, 2), days=7, at=dt.time(9, 0))
    plain = {
        "id": "rota-1",
        "title": "Shop",
        "zone": "Europe/Berlin",
        "layers": (layer,),
        "made_by": "x",
        "made_at": START,
    }
    return Schedule.model_validate({**plain, **given_})


times = st.times().map(lambda at: at.replace(second=0, microsecond=0, fold=0))
layers = st.builds(
    Layer, people=st.lists(st.sampled_from(["ada", "bo", "cy", "dee"]), min_size=1, max_size=4).map(tuple),
    first_day=st.dates(dt.date(2026, 2, 1), dt.date(2026, 4, 1)), days=st.integers(1, 10), at=times,
    hours=st.sampled_from(["", "Mon-Fri 18:00-08:00", "daily 02:15-03:10", "Sat,Sun 00:00-24:00"]),
)  # fmt: skip
moments = st.integers(0, 60 * 24 * 60).map(
    lambda minutes: dt.datetime(2026, 3, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=minutes)
)
overrides = st.builds(
    lambda person, at, hours: Override(id="o", person=person, starts_at=at, ends_at=at + hours * HOUR),
    st.sampled_from(["eve", "fay"]), moments, st.integers(1, 90),
)  # fmt: skip


@given(st.lists(layers, min_size=1, max_size=3), st.lists(overrides, max_size=3), st.sampled_from(ZONES), moments,
       st.lists(st.integers(0, 14 * 24 * 60 - 1), min_size=1, max_size=8))  # fmt: skip
def test_shifts_say_the_same_as_asking_for_each_moment(
    made: list[Layer], over: list[Override], zone: str, since: dt.datetime, minutes: list[int]
) -> None:
    found = schedule(layers=tuple(made), overrides=tuple(over), zone=zone)
    spans = shifts(found, since, since + dt.timedelta(days=14))
    assert spans[0].starts_at == since
    assert spans[-1].ends_at == since + dt.timedelta(days=14)
    assert all(one.ends_at == other.starts_at and one.person != other.person for one, other in pairwise(spans))
    for minute in minutes:
        at = since + dt.timedelta(minutes=minute)
        (inside,) = [one for one in spans if one.starts_at <= at < one.ends_at]
        assert inside.person == on_call(found, at)
    assert [one for one in spans if one.person is None] == gaps(found, since, since + dt.timedelta(days=14))


def test_turns_change_at_their_time_of_the_day_when_the_clocks_do() -> None:
    spans = shifts(schedule(), dt.datetime(2026, 3, 2, 8, 0, tzinfo=dt.UTC), dt.datetime(2026, 4, 20, tzinfo=dt.UTC))
    assert [one.person for one in spans[:4]] == ["ada", "bo", "cy", "ada"]
    assert [one.starts_at.hour for one in spans] == [8, 8, 8, 8, 7, 7, 7], "Berlin goes to summer time on 29 March"


@given(st.lists(layers, min_size=1, max_size=2), st.sampled_from(ZONES), moments)
def test_the_load_is_all_the_hours_that_somebody_has(made: list[Layer], zone: str, since: dt.datetime) -> None:
    found, until = schedule(layers=tuple(made), zone=zone), since + dt.timedelta(days=20)
    carried = load(found, since, until)
    held = sum(((one.ends_at - one.starts_at) / HOUR for one in shifts(found, since, until) if one.person), 0.0)
    assert abs(sum(one.hours for one in carried) - held) < 0.1
    assert all(0 <= one.unsocial <= one.hours + 0.01 for one in carried)


def test_nights_and_weekends_weigh_more() -> None:
    monday = dt.datetime(2026, 3, 2, 0, 0, tzinfo=dt.UTC)
    assert unsocial(monday, monday + dt.timedelta(days=7), "UTC") == dt.timedelta(hours=7 * 24 - 5 * 10)
    assert unsocial(monday + 9 * HOUR, monday + 11 * HOUR, "UTC") == dt.timedelta(0)


def test_an_override_wins_and_the_latest_of_two() -> None:
    one = Override(id="1", person="dee", starts_at=START, ends_at=START + 2 * HOUR)
    two = Override(id="2", person="eve", starts_at=START + HOUR, ends_at=START + 3 * HOUR)
    found = schedule(overrides=(one, two))
    assert [on_call(found, START + hours * HOUR) for hours in range(4)] == ["dee", "eve", "eve", "ada"]


def page(*calls: int) -> PageOut:
    return PageOut.model_validate(
        {"id": "page-1", "title": "x", "case": "c", "number": 1, "schedule": "rota-1", "made_by": "t", "made_at": START,
         "calls": [{"at": START, "person": "ada", "step": step} for step in calls]}
    )  # fmt: skip


def test_whom_to_call_next() -> None:
    world = World.of(
        people=[Person(id=key, username=key, name=key, email=f"{key}@x.example", department="IT", manager="max")
                for key in ("ada", "bo", "own", "max")],
        services=[Service(id="shop", name="Shop", owner="own")],
    )  # fmt: skip
    found = schedule()
    assert (due_step(found, page(), START), due_step(found, page(0), START + 9 * HOUR / 60)) == (0, None)
    assert due_step(found, page(0), START + 10 * HOUR / 60) == 1
    assert due_step(found, page(0, 1, 2, 3), START + 90 * HOUR) is None
    called: list[str] = []
    for step in found.steps:
        who = whom(step, found, service="shop", called=called, world=world, at=START)
        assert who is not None
        called.append(who)
    assert called == ["ada", "bo", "own", "max"]
    assert whom(Step(after=1, whom="bo"), found, service=None, called=["bo"], world=world, at=START) is None
    assert next_up(found, START, but="ada") == "bo"


def test_what_is_no_zone_or_no_hours_is_refused() -> None:
    with pytest.raises(ValidationError, match="no such time zone"):
        schedule(zone="Mars/Olympus")
    with pytest.raises(ValidationError, match="are no hours"):
        Layer(people=("ada",), first_day=dt.date(2026, 1, 1), hours="sometimes")
