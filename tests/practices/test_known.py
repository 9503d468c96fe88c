"""Known errors, planned work and bulletins: what is refused, what is written, and that it is on record."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.errors import BadInput
from tickless.domain.known import KnownError, Maintenance
from tickless.domain.person import Person
from tickless.domain.service import Service
from tickless.domain.world import World
from tickless.practices.known.core import LONGEST_WINDOW, check_error, check_window, going_on

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
WORLD = World.of(
    services=[Service(id="wiki", name="Wiki", aliases=("intranet",), criticality=3)],
    people=[Person(id="p1", username="ada", name="Ada Byron", email="ada@larkmoor.example", department="IT")],
)


def window(**given_: object) -> Maintenance:
    values = {"id": "mnt_1", "service": "intranet", "title": "New disks", "starts_at": NOW, "ends_at": NOW + HOUR}
    return Maintenance.model_validate({**values, **given_})


def error(**given_: object) -> KnownError:
    values = {
        "id": "ke_1",
        "title": "Queue is stuck",
        "workaround": "Use the other",
        "opened_at": NOW,
        "service": "Wiki",
    }
    return KnownError.model_validate({**values, **given_})


def test_names_become_records() -> None:
    assert check_window(window(owner="ada"), WORLD, now=NOW).model_dump(include={"service", "owner"}) == {
        "service": "wiki",
        "owner": "p1",
    }
    assert check_error(error(owner="ada@larkmoor.example"), WORLD).owner == "p1"


@pytest.mark.parametrize(
    ("given_", "why"),
    [
        ({"service": "nowhere"}, "no service"),
        ({"owner": "nobody"}, "nobody called"),
        ({"ends_at": NOW - HOUR, "starts_at": NOW - 2 * HOUR}, "over already"),
        ({"ends_at": NOW}, "ends after it begins"),
        ({"ends_at": NOW + LONGEST_WINDOW + HOUR}, "at most a month"),
    ],
)
def test_a_window_that_cannot_be_is_refused(given_: dict[str, object], why: str) -> None:
    with pytest.raises(BadInput, match=why):
        check_window(window(**given_), WORLD, now=NOW)


def test_an_error_that_helps_nobody_is_refused() -> None:
    with pytest.raises(BadInput, match="workaround"):
        check_error(error(workaround="  "), WORLD)
    with pytest.raises(BadInput, match="nobody could be told"):
        check_error(error(service=None), WORLD)


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(1, 50), st.booleans()), max_size=12))
def test_what_goes_on_is_open_now_and_the_first_to_end_stands_first(planned: list[tuple[int, int, bool]]) -> None:
    windows = [
        window(id=f"m{n}", starts_at=NOW + start * HOUR, ends_at=NOW + (start + long) * HOUR, cancelled=off)
        for n, (start, long, off) in enumerate(planned)
    ]
    found = going_on(windows, now=NOW)
    assert found == sorted(found, key=lambda one: (one.ends_at, one.id))
    assert {one.id for one in found} == {
        one.id for one in windows if one.starts_at <= NOW < one.ends_at and not one.cancelled
    }
