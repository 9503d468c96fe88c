"""Ways to get something done for, as or by the wrong person."""

from __future__ import annotations

import asyncio

import pytest
from tests.story.stage import Stage, until

from tickless.domain.errors import BadInput


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
