"""A case that is over is over: nothing goes on in it, and nothing waits for it."""

from __future__ import annotations

import asyncio

from tests.story.stage import Stage
from tests.waiting import until


def _waiting(stage: Stage, case: str) -> list[str]:
    with stage.house.journal.read() as tx:
        asked = [one.state for one in tx.questions.by(case=case)] + [one.state for one in tx.approvals.by(case=case)]
        runs = [one.state for one in tx.runs.by(case=case)]
    return [state for state in (*asked, *runs) if state in {"open", "pending", "running"}]


def test_a_run_does_not_go_on_in_a_case_that_people_took_over(stage: Stage) -> None:
    """The device is off, so the run waits inside; taken over, it neither waits on nor installs."""
    person = stage.cast.without(stage.app("lantern-meet"))
    laptop = stage.sample.company.laptop(person.id).id
    stage.estate.fault("device_offline", laptop)
    talk = stage.talk(person).say("install Lantern Meet please")
    talk.question()
    case = talk.case()
    asyncio.run(stage.house.desk.close(case.id, by="user:op", how="hand_off", reason="I do it by hand"))
    until(lambda: not _waiting(stage, case.id))
    assert [run.state for run in stage.story(case).runs] == ["stopped"]
    assert stage.story(case).changed == []


def test_nobody_is_left_with_a_question_or_an_approval_of_a_closed_case(stage: Stage) -> None:
    app = stage.app("driftview")
    person = stage.cast.without(app)
    talk = stage.talk(person).say("could I get access to Driftview please")
    stage.approval_of(talk.case())
    asyncio.run(stage.house.desk.close(talk.case().id, by="user:op", how="hand_off", reason="I do it by hand"))
    assert _waiting(stage, talk.case().id) == []
    asked = stage.talk(person).say("i need access to something")
    asked.question()
    asyncio.run(stage.house.desk.close(asked.case().id, by="user:op", how="mute", reason="a test"))
    assert _waiting(stage, asked.case().id) == []
