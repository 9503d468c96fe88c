"""What was not understood, and then said in other words and verified, becomes a lesson: proposed by itself, taught by a person
only if nothing that is understood would be lost, and then understood from everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.story.stage import Stage

from tickless.domain.errors import Conflict
from tickless.domain.finding import Finding
from tickless.domain.lesson import Lesson
from tickless.domain.measure import Resolution

ODD = "my thingamajig went kaputt since lunch"
LIKE_IT = "the thingamajig went kaputt again"


@pytest.fixture(scope="module")
def stage(make_stage: Callable[..., Any]) -> Iterator[Stage]:
    with make_stage() as made:
        yield made


def look(stage: Stage) -> list[Lesson]:
    stage.house.desk.lessons.look(stage.house.rooms.clock.now())
    with stage.house.journal.read() as tx:
        return tx.lessons.where(order=tx.lessons.table.c.at)


def unlocked(stage: Stage, *, odd: str) -> None:
    person = stage.cast.draw()
    stage.estate.fault("lock", person.username)
    talk = stage.talk(person).say(odd)
    talk.hears("what")
    assert talk.say("please unlock my account").ends().case.outcome == "verified"


def test_a_sentence_is_learnt_from_how_its_case_ended(stage: Stage) -> None:
    unlocked(stage, odd=ODD)
    (lesson,) = look(stage)
    assert (lesson.text.raw, lesson.need, lesson.source, lesson.state) == (
        ODD,
        "account_unlock",
        "clarified",
        "proposed",
    )
    assert len(lesson.cases) == len(lesson.people) == 1
    judged = stage.house.desk.lessons.attempt([lesson.id])
    assert judged.fits
    assert not judged.harmed
    assert stage.house.desk.lessons.teach([lesson.id], by="user:a").read > 100
    other = stage.cast.draw()
    stage.estate.fault("lock", other.username)
    assert stage.talk(other).say(LIKE_IT).ends().case.need == "account_unlock"


def test_the_same_words_from_others_speak_for_the_same_lesson(stage: Stage) -> None:
    odd = "blimey my gubbins will not gubbin"
    unlocked(stage, odd=odd)
    unlocked(stage, odd=odd)
    (lesson,) = [one for one in look(stage) if one.text.raw == odd]
    assert (len(lesson.cases), len(lesson.people)) == (2, 2)


def test_what_would_spoil_the_past_is_not_taught(stage: Stage) -> None:
    """Somebody who says the one and then asks for the other, again and again, must not bend the words of all."""
    lessons = stage.house.desk.lessons
    taught = stage.house.rooms.understanding().brain.examples
    known = [one.text for one in taught if one.label == "need.access_removal" and 2 < len(one.text.split()) < 30]
    said = [f"{text} {word}" for text in known for word in ("pls", "please")][:50]
    poison = [lessons.add(text, "software_install", by="user:a").id for text in said]
    with pytest.raises(Conflict, match="surely means access removal now"):
        lessons.teach(poison, by="user:a")
    several = tuple(f"person-{number}" for number in range(3))
    with stage.house.journal.write() as tx:
        for one in poison:
            tx.lessons.put(tx.lessons.need(one).model_copy(update={"people": several}))
    with pytest.raises(Conflict, match="would not be any more"):
        lessons.teach(poison, by="user:a")
    with stage.house.journal.read() as tx:
        assert {tx.lessons.need(one).state for one in poison} == {"proposed"}
    refused = lessons.refuse(poison[0], by="user:a", reason="nobody means that")
    assert refused.state == "refused"
    assert stage.talk(stage.cast.draw()).say("I need a vpn profile").ends().case.need == "vpn_trouble"


def test_what_was_taught_can_be_taken_back(stage: Stage) -> None:
    lessons = stage.house.desk.lessons
    made = lessons.add("the wibble has wobbled off its wabble", "vpn_trouble", by="user:a")
    brain = stage.house.rooms.understanding
    assert brain().brain.guess("wibble wobbled off the wabble") is None
    lessons.teach([made.id], by="user:a")
    guess = brain().brain.guess("wibble wobbled off the wabble")
    assert guess is not None
    assert guess.label == "need.vpn_trouble"
    lessons.refuse(made.id, by="user:a", reason="it was a joke")
    assert brain().brain.guess("wibble wobbled off the wabble") is None
    with stage.house.journal.read() as tx:
        told = [row.action for row in tx.audit.rows(limit=10_000) if row.subject == f"lesson:{made.id}"]
    assert told == ["lesson.proposed", "lesson.taught", "lesson.refused"]


def test_the_threshold_of_refusal_follows_outcomes_when_somebody_says_so(stage: Stage) -> None:
    refusing, brain = stage.house.desk.refusing, stage.house.rooms.understanding
    taught = brain().brain.threshold
    with pytest.raises(Conflict, match="too few"):
        refusing.adopt(by="user:a")
    _ended_well(stage, confidence=0.58, count=400)
    found = refusing.standing()
    assert found.now == taught
    assert taught < found.wanted <= 0.6
    assert refusing.adopt(by="user:a").now == brain().brain.threshold == found.wanted
    assert refusing.reset(by="user:a").now == brain().brain.threshold == taught
    with stage.house.journal.read() as tx:
        rows = [row.detail for row in tx.audit.rows(limit=10_000) if row.action == "brain.threshold"]
    assert [(row["from"], row["to"]) for row in rows] == [(taught, found.wanted), (found.wanted, taught)]


def _ended_well(stage: Stage, *, confidence: float, count: int) -> None:
    now = stage.house.rooms.clock.now()
    with stage.house.journal.write() as tx:
        for number in range(count):
            case = f"case_made_{number}"
            finding = Finding(
                id=f"fnd_made_{number}", signal=f"sig_made_{number}", need="vpn_trouble", confidence=confidence,
                brain="lexical 3", made_at=now,
            )  # fmt: skip
            tx.findings.put(finding)
            tx.cases.attach_finding(finding, case)
            tx.resolutions.put(
                Resolution(id=f"res_made_{number}", case=case, outcome="verified", door="human", need="vpn_trouble",
                           seconds=1, at=now)
            )  # fmt: skip
