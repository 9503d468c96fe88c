"""Thirty people, an alert and a change are one case; a child is closed by its own checks and not with its parent."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest
from tests.story.stage import Stage
from tests.waiting import until

from tickless.domain.case import Case
from tickless.domain.change_event import ChangeEvent
from tickless.domain.record import Untrusted
from tickless.flow.desk.regroup import Mover
from tickless.flow.regroup.children import Children

OPERATOR = Mover("user:op", roles=frozenset({"operator"}))


@pytest.fixture
def braked(stage: Stage) -> object:
    """Nothing is changed while people look at it."""
    stage.switch("all", on=True)
    yield None
    stage.switch("all", on=False)


def test_thirty_people_one_gateway_alert_and_one_change_are_one_case_counted_once(stage: Stage, braked: object) -> None:
    rooms = stage.house.rooms
    change = ChangeEvent(
        id="chg_gateway",
        kind="deploy",
        service="vpn-gateway",
        source="deploys",
        title=Untrusted("Firmware 9.4"),
        occurred_at=rooms.clock.now() - dt.timedelta(minutes=3),
    )
    with stage.house.journal.write() as tx:
        tx.changes.put(change)
    stage.estate.fault("kill", "vpn-gateway")
    case = stage.live(subject="service:vpn-gateway", need="service_down")
    people = [stage.cast.draw() for _ in range(30)]
    talks = [stage.talk(person).say("is the VPN gateway down?") for person in people]
    for talk in talks:
        talk.hears("not alone")
    with stage.house.journal.read() as tx:
        book = stage.house.desk.regroup.storm(tx, tx.cases.need(case.id))
    assert (book.reports, len(book.people), book.storm.alerts) == (30, 30, len(book.storm.lanes[0].alerts))
    assert [text for text in book.suspects if "VPN gateway itself" in text]
    assert book.compression > 0.95
    stage.switch("all", on=False)
    done = stage.over(subject="service:vpn-gateway", need="service_down")
    for talk in talks:
        talk.hears("works again")
    own = [one for talk in talks for one in stage.cases(conversation=talk.conversation)]
    assert (done.outcome, len(stage.story(done).resolutions)) == ("verified", 1)
    assert [end for one in own for end in stage.story(one).resolutions] == []  # it is counted once


def test_a_child_is_closed_by_its_own_checks_and_never_because_its_parent_was(stage: Stage, braked: object) -> None:
    desk, journal, clock = stage.house.desk, stage.house.journal, stage.house.rooms.clock
    for service in ("till-hub", "intranet"):
        stage.estate.fault("kill", service)
    parent, child = (stage.live(subject=f"service:{name}", need="service_down") for name in ("till-hub", "intranet"))
    until(lambda: _planned(stage, child))
    asyncio.run(desk.regroup.link(child.id, parent.id, by=OPERATOR, reason="the same power cut"))
    asyncio.run(desk.close(parent.id, by="user:op", how="confirm", reason="the power is back"))
    children = Children(stage.house.rooms)
    children.look(clock.now())
    with journal.read() as tx:
        looked = tx.links.get(child.id)
    assert looked is not None
    assert "Its own checks do not hold" in looked.found
    assert stage.story(child).case.live
    asyncio.run(desk.reopen(parent.id, by="user:op", reason="not quite"))
    children.look(clock.now())
    stage.estate.heal("kill", "intranet")
    until(lambda: stage.estate.status("intranet") == 200)
    asyncio.run(desk.close(parent.id, by="user:op", how="confirm", reason="now it is"))
    children.look(clock.now())
    done = stage.story(child)
    assert (done.case.outcome, done.case.parent) == ("verified", parent.id)
    assert done.changed == []


def _planned(stage: Stage, case: Case) -> bool:
    return any(one.plan is not None for one in stage.story(case).decisions)
