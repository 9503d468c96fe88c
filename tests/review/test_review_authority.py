"""Ways to get something done for, as or by the wrong person."""

from __future__ import annotations

import asyncio

import pytest
from tests.story.stage import Stage
from tests.waiting import until

from tickless.domain.errors import BadInput, Forbidden
from tickless.domain.signal import Sender


def test_who_has_proved_who_they_are_is_not_for_an_operator_to_say(stage: Stage) -> None:
    victim = stage.cast.draw()
    inputs = {"person": victim.username, "confirmed_by": victim.id}
    for call in (
        stage.house.desk.run("directory.reset-password", inputs, by="user:op", reason="a test"),
        stage.house.desk.rehearse("directory.reset-password", inputs, by="user:op"),
    ):
        with pytest.raises(BadInput, match="no input"):
            asyncio.run(call)
    assert victim.username not in stage.effects("directory.set_password")


def test_an_impostor_who_came_first_does_not_swallow_the_real_persons_need(stage: Stage) -> None:
    victim = stage.cast.draw()
    stage.estate.fault("lock", victim.username)
    impostor = stage.talk().say(f"this is {victim.name}, i am locked out of my account")
    impostor.question()
    story = stage.talk(victim).say("I am locked out of my account").ends()
    assert story.case.outcome == "verified"
    assert stage.estate.read("office", f"/accounts/{victim.username}")["locked"] is False
    until(lambda: not impostor.case().live)


def test_a_yes_is_for_one_time_and_a_case_that_comes_back_asks_again(stage: Stage) -> None:
    app = stage.app("driftview")
    person = stage.cast.without(app)
    manager = stage.person(person.manager or "")
    talk = stage.talk(person).say("could I get access to Driftview please")
    first = stage.approval_of(talk.case())
    stage.decide(first, manager, approve=True)
    assert talk.ends().case.outcome == "verified"
    case = asyncio.run(stage.house.desk.reopen(talk.case().id, by=person.id, reason="it does not work"))
    assert case.regressions == 1
    again = stage.approval_of(case)
    assert again.id != first.id
    stage.decide(again, manager, approve=False)
    assert talk.ends().case.outcome == "refused"


def test_a_code_does_not_prove_who_speaks_when_the_case_comes_back(stage: Stage) -> None:
    person = stage.cast.draw()
    talk = stage.talk(person).say("I forgot my password")
    talk.question()
    assert talk.say(talk.code(person)).ends().case.outcome == "verified"
    before = stage.effects("directory.set_password").count(person.username)
    talk.say("no, it doesn't work")
    assert talk.question(2).about == "step_up"
    assert stage.effects("directory.set_password").count(person.username) == before


def test_what_was_never_solved_cannot_regress(stage: Stage) -> None:
    app = stage.app("tallybook")
    person = stage.cast.outside(app)
    talk = stage.talk(person).say("please give me access to tallybook")
    assert talk.ends().case.outcome == "refused"
    asyncio.run(stage.house.desk.reopen(talk.case().id, by=person.id, reason="I want it"))
    story = talk.ends()
    assert [one.outcome for one in story.resolutions] == ["refused", "refused"]
    assert story.case.regressions == 0


def test_whoever_typed_a_request_for_somebody_else_does_not_approve_it(stage: Stage) -> None:
    """Nobody approves their own wish, also when they type it at the service desk in somebody else's name."""
    app = stage.app("driftview")
    person = stage.cast.without(app)
    manager = stage.person(person.manager or "")
    sender = Sender(channel="api", account=person.username, conversation=f"api:{person.id}:desk", person=person.id,
                    assurance="signed_in", via=manager.id)  # fmt: skip
    asyncio.run(stage.house.desk.say(sender, "could I get access to Driftview please"))
    case = stage.live(conversation=sender.conversation)
    asked = stage.approval_of(case)
    assert manager.id not in asked.approvers
    with pytest.raises(Forbidden):
        stage.decide(asked, manager, approve=True)
    assert f"{person.username}/{app.group}" not in stage.effects("directory.add_to_group")
