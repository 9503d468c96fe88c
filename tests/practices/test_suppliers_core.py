"""Suppliers: clocks that run in a support window only, escalation, contracts to decide about."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.hours import read_hours
from tickless.domain.service import Service
from tickless.domain.supplier import Agreement, Contact, Referral, Target
from tickless.domain.world import World
from tickless.practices.suppliers.core import (
    concentration,
    contacts_due,
    due_at,
    fitting,
    late,
    passed,
    targets_of,
    to_decide,
)

START = dt.datetime(2026, 3, 6, 16, 0, tzinfo=dt.UTC)  # a Friday
MINUTE = dt.timedelta(minutes=1)
WINDOW = "Mon-Fri 08:00-18:00"


def agreement(**given_: object) -> Agreement:
    plain = {
        "id": "agr-1",
        "title": "Hosting",
        "kind": "contract",
        "party": "acme",
        "hours": WINDOW,
        "made_by": "a",
        "made_at": START,
        "targets": (Target(priority=1, respond=60, resolve=240),),
        "escalation": (Contact(name="Desk", how="+49 1"), Contact(name="Chief", how="+49 2", after=90)),
    }
    return Agreement.model_validate({**plain, **given_})


def referral(**given_: object) -> Referral:
    plain = {"id": "ref-1", "title": "x", "case": "c", "number": 1, "agreement": "agr-1", "party": "acme", "made_by": "a",
             "made_at": START}  # fmt: skip
    return Referral.model_validate({**plain, **given_})


@given(
    st.integers(1, 2_000),
    st.sampled_from(["", WINDOW, "daily 22:00-02:00 Europe/Berlin", "24x7"]),
    st.integers(0, 10_000),
)
def test_a_clock_runs_in_the_window_and_nowhere_else(minutes: int, hours: str, later: int) -> None:
    start = START + later * MINUTE
    due = due_at(start, minutes, hours)
    assert due is not None
    assert passed(start, due, hours) == minutes
    assert passed(start, due - MINUTE, hours) == minutes - 1
    if hours in {"", "24x7"}:
        assert due == start + minutes * MINUTE
    else:
        assert read_hours(hours).covers(due - MINUTE)


def test_a_weekend_is_no_time_of_the_window() -> None:
    assert targets_of(agreement(), 1, START) == (
        START + 60 * MINUTE,
        dt.datetime(2026, 3, 9, 10, 0, tzinfo=dt.UTC),
    )
    assert targets_of(agreement(), 2, START) == (None, None)
    assert (
        due_at(START, 10, "Mon 08:00-08:01; closed 2026-03-09, 2026-03-16, 2026-03-23, 2026-03-30, 2026-04-06")
        is not None
    )


def test_whom_to_turn_to_and_what_ran_out() -> None:
    one = referral(respond_by=START + 60 * MINUTE)
    assert [found.name for found in contacts_due(agreement(), one, START + 60 * MINUTE)] == ["Desk"]
    assert [found.name for found in contacts_due(agreement(), one, START + 95 * MINUTE)] == ["Desk", "Chief"]
    assert contacts_due(agreement(), referral(state="answered"), START + 95 * MINUTE) == ()
    assert late(one, START + 61 * MINUTE) == ("respond",)
    assert late(referral(respond_by=START + 60 * MINUTE, answered_at=START + MINUTE), START + 600 * MINUTE) == ()


def test_contracts_to_decide_about_and_what_hangs_on_whom() -> None:
    near = agreement(id="a", ends_on=dt.date(2026, 6, 1), notice_days=60)
    far = agreement(id="b", ends_on=dt.date(2027, 6, 1))
    assert to_decide([far, near, agreement(id="c")], START.date()) == [near]
    world = World.of(
        services=[
            Service(id="shop", name="Shop", criticality=1, supplier="acme"),
            Service(id="db", name="DB", criticality=2),
            Service(id="wiki", name="Wiki", criticality=4),
        ]
    )
    assert concentration(world, [agreement(services=("db", "wiki"))]) == {"acme": ("db", "shop")}
    named, whole = agreement(id="n", services=("shop",)), agreement(id="w")
    assert fitting([whole, named, agreement(id="e", state="ended")], "shop", "acme") == [named, whole]
    assert fitting([whole], "shop", None) == []
