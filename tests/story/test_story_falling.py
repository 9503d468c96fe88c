"""Autonomy is lost at once, whoever says that it did not help; and nothing that was earned before is earned again by it."""

from __future__ import annotations

import asyncio

from tests.story.stage import Stage
from tests.waiting import until

from tickless.domain.autonomy import EVERYWHERE
from tickless.domain.case import Case
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
    with stage.house.journal.read() as tx:
        fell = next(row for row in tx.audit.rows(limit=400) if row.action == "autonomy.demoted")
    assert (fell.subject, fell.detail["to"], fell.detail["scope"]) == (f"runbook:{UNLOCK}", "approve", EVERYWHERE)
    put(stage, "auto")


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
