"""A request that is done is taken back at its person's word: with its parts, read back, and counted as what it is."""

from __future__ import annotations

import asyncio

import pytest
from tests.story.stage import Stage, Story, Talk
from tests.story.test_story_tasks import approved, pair, parts
from tests.waiting import until

from tickless.domain.case import Case
from tickless.domain.errors import Conflict
from tickless.domain.person import App, Person


def groups(stage: Stage, person: Person) -> set[str]:
    return set(stage.estate.read("office", f"/accounts/{person.username}")["groups"])


def free_app(stage: Stage, person: Person) -> App:
    """An app that needs nobody's yes, that this person may have and has not."""
    return next(
        app for app in stage.house.rooms.world().apps.values()
        if app.approval == "none" and app.group and app.group not in person.groups
        and (not app.departments or person.department in app.departments)
    )  # fmt: skip


def granted(stage: Stage) -> tuple[Talk, Story, Person, App]:
    person = stage.cast.draw()
    app = free_app(stage, person)
    talk = stage.talk(person).say(f"I need access to {app.name}")
    story = talk.ends("access_request")
    assert story.case.outcome == "verified"
    assert app.group in groups(stage, person)
    return talk, story, person, app


def back_of(stage: Stage, case: Case) -> Case:
    """The case that takes this one back, ended."""

    def look() -> Case | None:
        found = [one for one in stage.cases(need="requests.take-back") if one.parent == case.id]
        return found[0] if found and not found[0].live else None

    return until(look)


@pytest.mark.parametrize(
    "words",
    [
        "please take it back, I asked for the wrong app",
        "can you revert that, wrong app",
        "undo that please",
    ],
)
def test_a_grant_is_taken_back_in_words_and_no_success_any_more(stage: Stage, words: str) -> None:
    talk, story, person, app = granted(stage)
    talk.say(words)
    talk.hears("each read back. All is as it was before")
    assert app.group not in groups(stage, person)
    back, was = stage.story(back_of(stage, story.case)), stage.story(story.case)
    assert (back.case.outcome, back.verdicts[-1].result) == ("verified", "held")
    assert (was.case.outcome, [one.outcome for one in was.resolutions]) == ("withdrawn", ["withdrawn"])
    assert was.resolutions[0].minutes_saved == 0
    assert {receipt.state for receipt in was.receipts if receipt.changed} == {"undone"}


def test_what_is_named_is_taken_back_and_nothing_else(stage: Stage) -> None:
    talk, first, person, app = granted(stage)
    other = free_app(stage, person.model_copy(update={"groups": (*person.groups, app.group or "")}))
    second = talk.say(f"I need access to {other.name}")
    until(lambda: other.group in groups(stage, person))
    until(lambda: len([c for c in stage.cases(conversation=talk.conversation) if not c.live]) == 2)
    second.say(f"please take back case {first.case.number}")
    assert back_of(stage, first.case).outcome == "verified"
    assert app.group not in groups(stage, person)
    assert other.group in groups(stage, person)


def test_a_leaver_that_stays_takes_a_second_yes_and_gets_everything_again(stage: Stage) -> None:
    boss, person = pair(stage)
    before = groups(stage, person)
    talk = stage.talk(boss).say(f"{person.name} leaves the company, please do the leaver process")
    story = approved(stage, talk)
    assert story.case.outcome == "verified"
    talk.say(f"cancel the leaver process for {person.name}, the resignation is off after all")
    back = until(lambda: next((c for c in stage.cases(need="requests.take-back") if c.parent == story.case.id), None))
    asked = stage.approval_of(back)
    assert not stage.estate.read("office", f"/accounts/{person.username}")["enabled"]
    stage.decide(asked, stage.house.rooms.world().people[asked.approvers[0]], approve=True)
    assert back_of(stage, story.case).outcome == "verified"
    account = stage.estate.read("office", f"/accounts/{person.username}")
    assert account["enabled"]
    assert set(account["groups"]) == before
    assert stage.story(story.case).case.outcome == "withdrawn"
    assert {part.outcome for part in parts(stage, story.case)} == {"withdrawn"}
    with stage.house.journal.read() as tx:
        ends = [one.outcome for part in parts(stage, story.case) for one in tx.resolutions.by(case=part.id)]
        watched = [w for part in parts(stage, story.case) for w in tx.watches.by(case=part.id)]
    assert set(ends) == {"withdrawn"}
    assert not watched


def test_a_refused_way_back_changes_nothing_and_the_end_stays(stage: Stage) -> None:
    boss, person = pair(stage)
    talk = stage.talk(boss).say(f"{person.name} leaves the company, please do the leaver process")
    story = approved(stage, talk)
    talk.say(f"take back case {story.case.number}, please")
    back = until(lambda: next((c for c in stage.cases(need="requests.take-back") if c.parent == story.case.id), None))
    asked = stage.approval_of(back)
    stage.decide(asked, stage.house.rooms.world().people[asked.approvers[0]], approve=False, reason="it stays")
    assert back_of(stage, story.case).outcome == "refused"
    assert not stage.estate.read("office", f"/accounts/{person.username}")["enabled"]
    assert stage.story(story.case).case.outcome == "verified"


def test_somebody_else_takes_nothing_back(stage: Stage) -> None:
    _, story, person, app = granted(stage)
    stage.talk(stage.cast.draw()).say(f"please take back case {story.case.number}").hears("nothing")
    assert app.group in groups(stage, person)
    assert not [c for c in stage.cases(need="requests.take-back") if c.parent == story.case.id]


def test_what_cannot_be_undone_is_said_and_nothing_begins(stage: Stage) -> None:
    person = stage.cast.draw()
    stage.estate.fault("lock", person.username)
    talk = stage.talk(person).say("I'm locked out of my account")
    story = talk.ends()
    assert story.changed
    talk.say(f"please undo case {story.case.number}").hears("can't be taken back")
    assert not [c for c in stage.cases(need="requests.take-back") if c.parent == story.case.id]


def test_at_a_desk_it_is_withdrawn_by_its_number(stage: Stage) -> None:
    _, story, person, app = granted(stage)
    desk = stage.house.desk
    back = asyncio.run(desk.withdraw(story.case.id, by=person.id, reason="the wrong app"))
    again = asyncio.run(desk.withdraw(story.case.id, by=person.id, reason="the wrong app"))
    assert (back.parent, again.id) == (story.case.id, back.id)
    assert back_of(stage, story.case).outcome == "verified"
    assert app.group not in groups(stage, person)
    with pytest.raises(Conflict):
        asyncio.run(desk.withdraw(story.case.id, by=person.id, reason="once more"))
