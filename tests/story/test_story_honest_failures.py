"""What fails is told as it is: the person hears honestly what is the matter, and nothing is claimed, lost or done twice."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from tests.story.conftest import PACE
from tests.story.gate import Gate
from tests.story.stage import Stage, Talk
from tests.waiting import until

from tickless.app.sample_house import COMPANY, MONITOR
from tickless.app.settings import ConnectorUse
from tickless.sample.estate.control import Estate


@dataclass
class Cut:
    """A house whose way to every system of the company can be cut."""

    stage: Stage
    gates: tuple[Gate, ...]

    def pull(self) -> None:
        for gate in self.gates:
            gate.shut()

    def plug(self) -> None:
        for gate in self.gates:
            gate.open()


@pytest.fixture(scope="module")
def cut(make_stage: Callable[..., Any], estate: Estate) -> Iterator[Cut]:
    own, _ = estate.connector_settings()
    office, keeper = Gate(own["office_url"]), Gate(own["keeper_url"])
    uses = {
        COMPANY: ConnectorUse(use="sample", settings={**own, "office_url": office.url, "keeper_url": keeper.url}),
        MONITOR: ConnectorUse(use="alertmanager", settings={}),
    }
    with make_stage(pace=PACE.model_copy(update={"answer": 20.0}), connectors=uses) as stage:
        yield Cut(stage, (office, keeper))


def honest(talk: Talk) -> None:
    """Nothing that was said claims a success, names a machine, or blames the person."""
    for text in talk.told():
        assert not CLAIMS.search(text), text
        assert not INTERNAL.search(text), text


CLAIMS = re.compile(
    r"\b(?:you can sign in now|is unlocked|works again|here is|you now have|no phone is registered)\b", re.IGNORECASE
)
INTERNAL = re.compile(r"127\.0\.0\.1|localhost|Traceback|Error\b|precondition|timed out|https?://")


def test_nothing_can_be_reached_and_the_person_hears_it_and_a_colleague_has_the_case(cut: Cut) -> None:
    stage = cut.stage
    person = stage.cast.draw()
    stage.estate.fault("lock", person.username)
    cut.pull()
    try:
        talk = stage.talk(person).say("i am locked out of my account")
        story = talk.ends()
        assert story.case.outcome == "handed_off"
        talk.hears("can't reach a system that I need")
        talk.hears("handed it to a colleague")
        honest(talk)
    finally:
        cut.plug()
    assert person.username not in stage.effects("directory.unlock")
    with stage.house.journal.read() as tx:
        assert len(tx.tickets.by(case=story.case.id)) == 1
    talk.say("still locked out, could you try again?").hears("passed that on to your colleague")
    asyncio.run(stage.house.desk.reopen(story.case.id, by="op", reason="the directory answers again"))
    done = until(lambda: s if (s := stage.story(story.case)).case.outcome == "verified" else None)
    assert done.case.generation == 1
    talk.hears("your account is unlocked")
    assert stage.effects("directory.unlock").count(person.username) == 1


def test_no_code_can_be_sent_and_nobody_is_told_that_they_have_no_phone(cut: Cut) -> None:
    stage = cut.stage
    person = stage.cast.draw()
    cut.pull()
    try:
        talk = stage.talk(person).say("i forgot my password")
        assert talk.ends().case.outcome == "handed_off"
        talk.hears("can't send a code at the moment")
        honest(talk)
    finally:
        cut.plug()
    assert stage.estate.sms(person.phone or "") == []


def test_the_network_goes_between_the_code_and_the_effect(cut: Cut) -> None:
    stage = cut.stage
    person = stage.cast.draw()
    talk = stage.talk(person).say("i forgot my password")
    talk.question()
    code = talk.code(person)
    cut.pull()
    try:
        talk.say(code)
        story = talk.ends()
        assert story.case.outcome == "handed_off"
        talk.hears("haven't changed anything")
        honest(talk)
    finally:
        cut.plug()
    assert person.username not in stage.effects("directory.set_password")
    assert not any(code in line.text.raw for line in talk.lines())


def test_the_answer_of_an_effect_is_lost_and_it_happens_once_all_the_same(cut: Cut) -> None:
    stage, office = cut.stage, cut.gates[0]
    person = stage.cast.draw()
    stage.estate.fault("lock", person.username)
    office.lose_answer_to(b"/unlock")
    talk = stage.talk(person).say("i am locked out of my account")
    story = talk.ends()
    assert office.lost.is_set(), "an answer was lost on its way"
    assert story.case.outcome == "verified"
    assert stage.effects("directory.unlock").count(person.username) == 1
    assert len([text for text in talk.told() if "is unlocked" in text]) == 1
