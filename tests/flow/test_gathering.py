"""The house puts cases together that turn out to be one, while nobody and nothing has touched the part; people take it back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.flow.regrouped_house import RegroupedHouse

from tickless.domain.case import Case
from tickless.flow.ending import ends
from tickless.flow.regroup.gathering import Gathering
from tickless.stages.correlate.placing import Union


@pytest.fixture
def house(tmp_path: Path) -> Iterator[RegroupedHouse]:
    made = RegroupedHouse.open(tmp_path)
    yield made
    made.close()


def gathered(house: RegroupedHouse, into: Case, gone: Case) -> bool:
    rooms = house.still.rooms
    with rooms.journal.write() as tx:
        return Gathering(rooms).gather(tx, Union(into.id, gone.id, "Both can come from mail."), now=house.now)


def two(house: RegroupedHouse) -> tuple[Case, Case]:
    return house.opened("a1", service="mail"), house.opened("b1", service="payroll", need="latency_high")


def test_it_is_merged_with_its_reason_audited_and_taken_back_for_good(house: RegroupedHouse) -> None:
    mail, payroll = two(house)
    assert gathered(house, mail, payroll)
    assert house.read(payroll).merged_into == mail.id
    assert house.alerts(mail) == {"a1", "b1"}
    assert any("Both can come from mail." in one.text for one in house.read(mail).evidence)
    with house.still.house.journal.read() as tx:
        rows = [(one.actor, one.action) for one in tx.audit.rows(case=payroll.id)]
        (done,) = tx.regroups.of_cases([payroll.id])
        assert tx.grouping_lessons.where() == [], "nobody said so"
    assert ("tickless", "case.merged") in rows
    house.undo(done)
    assert house.alerts(payroll) == {"b1"}
    assert not gathered(house, mail, payroll), "what people took back is not done again"


def test_what_people_have_and_nobody_touched_is_merged_too(house: RegroupedHouse) -> None:
    mail, payroll = two(house)
    with house.still.rooms.journal.write() as tx:
        case = tx.cases.need(payroll.id)
        ends.end_case(tx, case, state="handed_off", outcome="handed_off", now=house.now, why="no runbook")
    assert gathered(house, mail, payroll)


@pytest.mark.parametrize("how", ["touched", "acting", "over"])
def test_what_was_touched_is_left_alone(house: RegroupedHouse, how: str) -> None:
    mail, payroll = two(house)
    with house.still.rooms.journal.write() as tx:
        if how == "touched":
            tx.audit.append(
                at=house.now,
                actor="p2",
                action="case.note",
                subject=payroll.id,
                case=payroll.id,
                detail={"text": "mine"},
            )
        else:
            state = "acting" if how == "acting" else "resolved"
            tx.cases.put(tx.cases.need(payroll.id).model_copy(update={"state": state}))
    assert not gathered(house, mail, payroll)
    assert house.read(payroll).merged_into is None


def test_a_part_goes_where_the_whole_went(house: RegroupedHouse) -> None:
    mail, payroll = two(house)
    till = house.opened("c1", service="till", need="latency_high")
    assert gathered(house, mail, payroll)
    assert gathered(house, payroll, till)
    assert house.read(till).merged_into == mail.id
