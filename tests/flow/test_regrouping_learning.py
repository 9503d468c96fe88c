"""What people put right is learnt: proposed by what they do, tried on the past, taught, heeded, and unsaid by an undo."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.flow.regrouped_house import OPERATOR, RegroupedHouse

from tickless.domain.case import Case
from tickless.domain.errors import Conflict
from tickless.domain.regroup import GroupingLesson
from tickless.flow.desk.regroup import Mover

ANOTHER = Mover("p1", roles=frozenset({"operator"}))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[RegroupedHouse]:
    made = RegroupedHouse.open(tmp_path)
    yield made
    made.close()


def lessons(house: RegroupedHouse) -> list[GroupingLesson]:
    with house.still.house.journal.read() as tx:
        return tx.grouping_lessons.where()


def trouble(house: RegroupedHouse, number: int) -> tuple[Case, Case]:
    """Another day, the same two alerts."""
    house.still.clock.advance(dt.timedelta(days=1))
    return house.opened(f"m{number}", service="mail"), house.opened(f"p{number}", service="payroll")


def over(house: RegroupedHouse, case: Case, *names: tuple[str, str]) -> None:
    for name, service in names:
        house.alert(name, service=service, firing=False)
    asyncio.run(house.still.house.desk.close(case.id, by="p2", how="confirm", reason="works"))


def test_what_two_people_merged_is_one_case_the_next_time(house: RegroupedHouse) -> None:
    for number, by in enumerate((OPERATOR, ANOTHER)):
        mail, payroll = trouble(house, number)
        assert mail.id != payroll.id
        house.merge(mail, payroll, by=by)
        over(house, mail, (f"m{number}", "mail"), (f"p{number}", "payroll"))
    (lesson,) = lessons(house)
    assert (lesson.verdict, lesson.state, {one.by for one in lesson.said}) == ("join", "proposed", {"p1", "p2"})
    mail, payroll = trouble(house, 7)
    assert mail.id != payroll.id  # only proposed: nothing is learnt ungated
    house.merge(mail, payroll)
    over(house, mail, ("m7", "mail"), ("p7", "payroll"))
    judged = house.desk.learning.teach([lesson.id], by="p2")
    assert (judged.fits, len(judged.helped), judged.after) == (True, 3, 1.0)
    assert judged.before < 1
    mail, payroll = trouble(house, 8)
    assert mail.id == payroll.id
    assert any("People put these together: 2 people merged" in piece.text for piece in house.read(mail).evidence)
    over(house, mail, ("m8", "mail"), ("p8", "payroll"))
    with house.still.house.journal.read() as tx:
        came = house.desk.learning.came_of(tx, tx.grouping_lessons.need(lesson.id))
    assert came is not None
    assert (came.before, came.before_right, came.after, came.after_right, came.told) == (6, 0, 1, 1, "too_early")
    house.desk.learning.refuse(lesson.id, by="p2", reason="not any more")
    mail, payroll = trouble(house, 9)
    assert mail.id != payroll.id


def test_what_would_break_the_past_is_not_taught(house: RegroupedHouse) -> None:
    for number in range(3):
        for name, case in zip(("mail", "payroll"), trouble(house, number), strict=True):
            over(house, case, (f"{name[0]}{number}", name))
    for number, by in ((8, OPERATOR), (9, ANOTHER)):
        mail, payroll = trouble(house, number)
        house.merge(mail, payroll, by=by)
        over(house, mail, (f"m{number}", "mail"), (f"p{number}", "payroll"))
    (lesson,) = lessons(house)
    with pytest.raises(Conflict, match="6 cases that were right would not be any more"):
        house.desk.learning.teach([lesson.id], by="p2")
    assert lessons(house)[0].state == "proposed"


def test_an_undo_takes_its_word_back(house: RegroupedHouse) -> None:
    mail, payroll = trouble(house, 1)
    done = house.merge(mail, payroll)
    assert len(lessons(house)) == 1
    house.undo(done)
    assert lessons(house) == []


def test_a_split_says_that_kinds_do_not_belong_together(house: RegroupedHouse) -> None:
    shop = house.opened("s1", service="orders-db")
    assert house.opened("s2", service="shop", need="http_errors").id == shop.id
    for by in (OPERATOR, ANOTHER):
        done = house.split(shop, "s2", by=by)
        if by is OPERATOR:
            house.merge(shop, house.read(done.into))
    parted = next(one for one in lessons(house) if one.verdict == "part")
    assert (parted.one.service, parted.other.service) == ("shop", "orders-db")
    assert {one.by for one in parted.said} == {"p1", "p2"}
