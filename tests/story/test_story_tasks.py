"""Joiner, mover, leaver: one request with parts, each verified by itself, all of them taken back together."""

from __future__ import annotations

import asyncio

from tests.story.stage import Stage, Story, Talk
from tests.waiting import until

from tickless.domain.case import Case, Participant, is_part
from tickless.domain.person import Person


def pair(stage: Stage) -> tuple[Person, Person]:
    """A manager with a manager above, and a report of theirs with at least two apps; nobody else's story touches them."""
    world = stage.house.rooms.world()
    for _ in range(150):
        person = stage.cast.draw()
        boss = world.people.get(person.manager or "")
        apps = [app for app in world.apps.values() if app.group in person.groups]
        if boss and boss.manager and len(apps) >= 2 and not person.privileged and person.employment == "employee":
            return boss, person
    raise AssertionError("nobody fits")


def parts(stage: Stage, case: Case) -> list[Case]:
    with stage.house.journal.read() as tx:
        return [one for one in tx.cases.where(limit=5_000) if one.parent == case.id and is_part(one)]


def approved(stage: Stage, talk: Talk) -> Story:
    """Somebody with the right says yes, and the whole ends."""
    case = talk.case()
    asked = stage.approval_of(case)
    stage.decide(asked, stage.house.rooms.world().people[asked.approvers[0]], approve=True)
    until(lambda: not stage.story(case).case.live)
    return stage.story(case)


def test_a_leaver_loses_everything_each_part_read_back_and_a_withdrawal_gives_all_of_it_back(stage: Stage) -> None:
    boss, person = pair(stage)
    before = set(stage.estate.read("office", f"/accounts/{person.username}")["groups"])
    talk = stage.talk(boss).say(f"{person.name} leaves the company, please do the leaver process")
    story = approved(stage, talk)
    assert (story.case.need, story.case.outcome) == ("leaver", "verified")
    account = stage.estate.read("office", f"/accounts/{person.username}")
    assert not account["enabled"]
    found = parts(stage, story.case)
    assert len(found) >= 2
    assert {(part.outcome, part.need) for part in found} == {("verified", "access.remove-app")}
    assert len(before - set(account["groups"])) == len(found)
    assert talk.hears("each read back")


def test_what_is_withdrawn_under_way_is_taken_back_together(stage: Stage) -> None:
    boss, person = pair(stage)
    before = stage.estate.read("office", f"/accounts/{person.username}")
    stage.switch("runbook:access.remove-app", on=True)
    talk = stage.talk(boss).say(f"{person.name} leaves the company, please do the leaver process")
    case = talk.case()
    asked = stage.approval_of(case)
    stage.decide(asked, stage.house.rooms.world().people[asked.approvers[0]], approve=True)
    until(lambda: not stage.estate.read("office", f"/accounts/{person.username}")["enabled"])
    until(lambda: len(parts(stage, case)) >= 2)
    talk.say("cancel that please")
    until(lambda: not stage.story(case).case.live)
    stage.switch("runbook:access.remove-app", on=False)
    until(lambda: not any(part.live for part in parts(stage, case)))
    until(lambda: stage.estate.read("office", f"/accounts/{person.username}")["enabled"])
    after = stage.estate.read("office", f"/accounts/{person.username}")
    assert set(after["groups"]) == set(before["groups"])
    assert stage.story(case).case.outcome == "withdrawn"


def test_who_takes_over_or_is_glad_takes_nothing_back(stage: Stage) -> None:
    """Only a withdrawal gives a leaver their account back: neither a colleague who takes over nor “it works” does."""
    ended = {}
    for how in ("taken over", "works now"):
        boss, person = pair(stage)
        stage.switch("runbook:access.remove-app", on=True)
        talk = stage.talk(boss).say(f"{person.name} leaves the company, please do the leaver process")
        case = talk.case()
        asked = stage.approval_of(case)
        stage.decide(asked, stage.house.rooms.world().people[asked.approvers[0]], approve=True)
        until(lambda case=case: len(parts(stage, case)) >= 2 and stage.story(case).case.state == "open")
        if how == "taken over":
            colleagues = [stage.cast.draw(), stage.cast.draw()]
            for colleague in colleagues:
                with stage.house.journal.write() as tx:
                    tx.alerts.set_owner(Participant(case=case.id, role="owner", ref=colleague.id, since=case.opened_at))
            desk = stage.house.desk
            asyncio.run(desk.take_over(talk.conversation, by="op", person=colleagues[0], name="Ola Operator"))
            with stage.house.journal.read() as tx:
                owners = [one.ref for one in tx.alerts.participants(case.id) if one.role == "owner"]
            assert owners == [colleagues[0].id]
        else:
            talk.say("it works now, thanks")
        until(lambda case=case: all(run.state != "running" for run in stage.story(case).runs))
        stage.switch("runbook:access.remove-app", on=False)
        until(lambda case=case: not any(part.live for part in parts(stage, case)))
        story = stage.story(case)
        ended[how] = story.case.outcome
        assert story.runs[-1].state == "stopped"
        assert not stage.estate.read("office", f"/accounts/{person.username}")["enabled"]
        assert {part.outcome for part in parts(stage, case)} == {"verified"}
    assert ended == {"taken over": "handed_off", "works now": "confirmed"}


def test_a_colleague_does_not_decide_who_leaves(stage: Stage) -> None:
    _, person = pair(stage)
    writer = stage.cast.draw()
    talk = stage.talk(writer).say(f"{person.name} leaves the company, please do the leaver process")
    case = talk.case()
    until(lambda: not stage.story(case).case.live)
    assert stage.story(case).case.outcome in {"handed_off", "refused"}
    assert stage.estate.read("office", f"/accounts/{person.username}")["enabled"]
