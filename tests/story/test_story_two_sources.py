"""What destroys waits for a second, independent source: one person's word is handed to people, two people's is acted on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.story.stage import Stage, Talk


@pytest.fixture(scope="module")
def stage(make_stage: Callable[..., Any]) -> Iterator[Stage]:
    with make_stage() as made:
        yield made


def test_an_account_is_switched_off_when_two_people_say_the_same(stage: Stage) -> None:
    target = stage.cast.draw(lambda one: bool(one.manager) and not one.privileged)
    manager = stage.sample.company.person(target.manager or "")

    def asks() -> Talk:
        who = stage.cast.draw(lambda one: one.id != manager.id and bool(one.phone))
        talk = stage.talk(who).say(f"this user has been phished, suspend the account of {target.username} please")
        talk.hears("reason")
        return talk.say("it sends spam to everybody since noon")

    alone = asks().ends()
    assert (alone.case.outcome, alone.runs) == ("handed_off", [])
    assert "one source's word" in alone.decisions[-1].summary
    assert stage.effects("set_enabled") == []
    second = asks()
    stage.decide(stage.approval_of(second.case()), manager, approve=True)
    stage.decide(stage.approval_of(second.case()), manager, approve=True)
    done = second.ends()
    assert (done.case.need, done.case.outcome) == ("account_disable", "verified")
