"""A bulletin on a parent case reaches the people of its children: everybody once, nobody of what is over."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.flow.regrouped_house import OPERATOR, RegroupedHouse

from tickless.domain.case import Case
from tickless.flow.ending import ends


@pytest.fixture
def house(tmp_path: Path) -> Iterator[RegroupedHouse]:
    made = RegroupedHouse.open(tmp_path)
    yield made
    made.close()


def told(house: RegroupedHouse, case: Case, text: str, *conversations: str) -> dict[str, list[str]]:
    """What these conversations hear of a bulletin, and no more than it."""
    before = {name: len(house.still.told(name)) for name in conversations}
    asyncio.run(house.still.house.desk.announce(case.id, text, next_update_at=None, by="user:op"))
    return {name: house.still.told(name)[count:] for name, count in before.items()}


def family(house: RegroupedHouse) -> tuple[Case, Case, Case]:
    parent = house.opened("a1", service="mail")
    children = house.opened("b1", service="payroll"), house.opened("c1", service="till")
    for child in children:
        asyncio.run(house.desk.link(child.id, parent.id, by=OPERATOR, reason="part of it"))
    return parent, *children


def test_people_of_children_hear_it_once_with_the_number_of_their_own_case(house: RegroupedHouse) -> None:
    parent, payroll, till = family(house)
    house.reported(parent, "p1", "web:ada:1")
    house.reported(payroll, "p3", "web:tom:1")
    house.reported(till, "p3", "web:tom:2")  # the same person, elsewhere
    house.reported(till, "p1", "web:ada:2")  # heard it in the parent
    house.reported(till, "", "room:till")  # a room in which nobody is known
    heard = told(
        house, parent, "A new disk is on its way", "web:ada:1", "web:ada:2", "web:tom:1", "web:tom:2", "room:till"
    )
    assert heard["web:ada:1"] == [f"News of case {parent.number}: A new disk is on its way."]
    assert heard["web:tom:1"] == [
        f"News of case {parent.number}: A new disk is on its way. Your case {payroll.number} belongs to it."
    ]
    assert heard["web:ada:2"] == heard["web:tom:2"] == []
    assert [text.endswith(f"Your case {till.number} belongs to it.") for text in heard["room:till"]] == [True]


def test_a_childs_bulletin_stays_with_the_child(house: RegroupedHouse) -> None:
    parent, payroll, till = family(house)
    house.reported(parent, "p1", "web:ada:1")
    house.reported(payroll, "p3", "web:tom:1")
    house.reported(till, "p2", "web:eve:1")
    heard = told(house, payroll, "Payday is safe", "web:ada:1", "web:tom:1", "web:eve:1")
    assert {name: len(lines) for name, lines in heard.items()} == {"web:ada:1": 0, "web:tom:1": 1, "web:eve:1": 0}


def test_who_was_told_that_theirs_is_over_or_stands_by_itself_hears_no_more(house: RegroupedHouse) -> None:
    parent, payroll, till = family(house)
    house.reported(payroll, "p3", "web:tom:1")
    house.reported(till, "p2", "web:eve:1")
    with house.still.house.journal.write() as tx:
        ends.end_case(
            tx, tx.cases.need(payroll.id), state="resolved", outcome="confirmed", now=house.now, why="It works."
        )
    asyncio.run(house.desk.unlink(till.id, by=OPERATOR, reason="its own trouble"))
    heard = told(house, parent, "Nearly done", "web:tom:1", "web:eve:1")
    assert heard == {"web:tom:1": [], "web:eve:1": []}
