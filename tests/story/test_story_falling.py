"""Autonomy is lost at once, whoever says that it did not help; and nothing that was earned before is earned again by it."""

from __future__ import annotations

import asyncio

import pytest
from tests.story.stage import Stage
from tests.waiting import until

from tickless.domain.autonomy import EVERYWHERE
from tickless.domain.case import Case
from tickless.domain.errors import BadInput, Forbidden
from tickless.flow.keeping import Keeper
from tickless.stages.learn.service import Standing, put_rung

UNLOCK = "directory.unlock-account"


def standing(stage: Stage) -> Standing:
    return stage.house.desk.autonomy.ladder(UNLOCK).standings[0]


def put(stage: Stage, rung: str, scope: str = EVERYWHERE) -> None:
    with stage.house.journal.write() as tx:
        put_rung(tx, UNLOCK, scope, rung, by="user:boss", at=stage.house.rooms.clock.now(), reason="a story")  # type: ignore[arg-type]


def unlocked(stage: Stage) -> Case:
    person = stage.cast.draw()
    stage.estate.fault("lock", person.username)
    return stage.talk(person).say("i am locked out of my account").ends().case


def test_two_that_people_reopen_and_it_acts_by_itself_no_more(stage: Stage) -> None:
    put(stage, "auto")
    solved = [unlocked(stage) for _ in range(3)]
    assert {one.outcome for one in solved} == {"verified"}
    assert (standing(stage).rung, standing(stage).found.tries) == ("auto", 3)
    for one in solved[:2]:
        asyncio.run(stage.house.desk.reopen(one.id, by="user:agent", reason="they rang: it is locked still"))
    until(lambda: standing(stage).rung == "approve")
    here = standing(stage)
    assert (here.found.tries, here.proposed) == (0, None), "what it had earned before counts no more"
    assert here.fell is not None
    elsewhere = stage.house.desk.autonomy.ladder(UNLOCK).standings[1:]
    assert {one.fell for one in elsewhere if not one.own} == {None}, "it is lifted where it fell, and nowhere else"
    with stage.house.journal.read() as tx:
        fell = next(row for row in tx.audit.rows(limit=400) if row.action == "autonomy.demoted")
    assert (fell.subject, fell.detail["to"], fell.detail["scope"]) == (f"runbook:{UNLOCK}", "approve", EVERYWHERE)
    _look_at_the_fall(stage)
    put(stage, "auto")


def _look_at_the_fall(stage: Stage) -> None:
    """Whoever may raise it says why it fell; then all that it did counts again, what went badly too."""
    desk, fell = stage.house.desk.autonomy, standing(stage).fell
    agent, boss = (
        Keeper("user:agent", roles=frozenset({"service_desk"})),
        Keeper("user:boss", roles=frozenset({"admin"})),
    )
    with pytest.raises(BadInput, match="fell to approve"):
        asyncio.run(desk.set_rung(UNLOCK, rung="approve", keeper=boss))
    with pytest.raises(Forbidden):
        asyncio.run(desk.set_rung(UNLOCK, rung="approve", keeper=agent, reason="it was the directory"))
    looked = asyncio.run(
        desk.set_rung(UNLOCK, rung="approve", keeper=boss, reason="the directory's replica was behind")
    )
    assert (looked.fell, looked.rung, looked.found.tries, looked.found.good) == (None, "approve", 3, 1)
    with stage.house.journal.read() as tx:
        row = [row for row in tx.audit.rows(limit=2_000) if row.action == "autonomy.set"][-1]
    assert fell is not None
    assert row.detail["fell"] == fell.isoformat()


def test_a_file_that_does_other_things_does_not_inherit_what_the_old_one_earned(stage: Stage) -> None:
    put(stage, "auto")
    put(stage, "auto", "department:Sales")
    learn = stage.house.rooms.learn
    with stage.house.journal.write() as tx:
        learn.rewritten(tx, UNLOCK, now=stage.house.rooms.clock.now())
    stood = {one.scope: one.rung for one in stage.house.desk.autonomy.ladder(UNLOCK).standings if one.own}
    assert stood == {EVERYWHERE: "approve", "department:Sales": "approve"}
    put(stage, "auto")
    with stage.house.journal.write() as tx:
        tx.drop_rung(UNLOCK, "department:Sales")


def test_auto_everywhere_reaches_no_further_than_its_evidence(stage: Stage) -> None:
    put(stage, "approve")
    boss = Keeper("user:boss", roles=frozenset({"admin"}))
    desk = stage.house.desk.autonomy
    asyncio.run(desk.set_rung(UNLOCK, rung="auto", keeper=boss, reason="we trust it"))
    stands = {one.scope: one for one in desk.ladder(UNLOCK).standings}
    assert stands[EVERYWHERE].rung == "auto"
    assert [(one.rung, one.withheld) for one in (stands["criticality:1"], stands["criticality:2"])] == [
        ("approve", True)
    ] * 2
    critical = next(one.id for one in stage.house.rooms.world().services.values() if one.criticality == 1)
    with stage.house.journal.read() as tx:
        assert stage.house.rooms.learn.rung(tx, UNLOCK, f"service:{critical}") == ("approve", False)
        row = [row for row in tx.audit.rows(limit=2_000) if row.action == "autonomy.set"][-1]
    assert row.detail["withheld"] == ["criticality:1", "criticality:2"]

    asyncio.run(desk.set_rung(UNLOCK, rung="auto", scope="criticality:1", keeper=boss, reason="by name"))
    assert (desk.ladder(UNLOCK).standings[1].rung, desk.ladder(UNLOCK).standings[1].withheld) == ("auto", False)
    asyncio.run(desk.set_rung(UNLOCK, rung="suggest", keeper=boss))
    own = {one.scope: one.rung for one in desk.ladder(UNLOCK).standings if one.own}
    assert own == {EVERYWHERE: "suggest", "criticality:1": "auto"}, (
        "what was withheld goes with the runbook; a word stays"
    )
    asyncio.run(desk.drop(UNLOCK, scope="criticality:1", keeper=boss))
    put(stage, "auto")
