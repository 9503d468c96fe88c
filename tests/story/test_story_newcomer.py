"""Somebody who is in no record yet: a free name, an account that is off until the first day, a record, what is usual, all
read back; and nothing of it when they do not come after all."""

from __future__ import annotations

import datetime as dt
import re

from tests.story.stage import Stage, Talk
from tests.waiting import until

from tickless.domain.case import Case, is_part
from tickless.domain.person import Person


def boss_of(stage: Stage) -> Person:
    """Somebody with reports and with a manager above."""
    world = stage.house.rooms.world()
    for _ in range(150):
        one = stage.cast.draw()
        manager = world.people.get(one.manager or "")
        if manager and manager.manager and manager.active and not manager.privileged:
            return manager
    raise AssertionError("nobody fits")


def ask_for(stage: Stage, boss: Person, name: str, start: str) -> tuple[Talk, Case]:
    talk = stage.talk(boss).say("we have a new hire, set up account and apps")
    talk.question()
    talk.say(name)
    form = talk.question(2)
    assert {field.name for field in form.fields} == {"start", "department", "manager", "location", "job"}
    talk.say(f"Start: {start}\nDepartment: {boss.department}\nManager: me\nLocation: Leeds\nJob title: Buyer")
    case = talk.case("joiner")
    asked = stage.approval_of(case)
    assert boss.id not in asked.approvers
    stage.decide(asked, stage.house.rooms.world().people[asked.approvers[0]], approve=True)
    return talk, case


def office(stage: Stage, path: str) -> dict[str, object]:
    return dict(stage.estate.read("office", path))


def test_a_new_person_gets_everything_on_the_first_day(stage: Stage) -> None:
    boss = boss_of(stage)
    talk, case = ask_for(stage, boss, "Ottoline Brackenbury", "today")
    until(lambda: not stage.story(case).case.live)
    told = talk.hears("has the account")
    username = re.findall(r"account (\S+) and", told)[0]
    account = office(stage, f"/accounts/{username}")
    assert (account["exists"], account["enabled"], account["must_change_password"]) == (True, True, True)
    assert office(stage, f"/mailboxes/{username}")["exists"]
    record = stage.house.rooms.world().person_called(username)
    assert record is not None
    assert (record.manager, record.department, record.title, record.active) == (boss.id, boss.department, "Buyer", True)
    parts = [one for one in stage.cases(requester=boss.id) if one.parent == case.id and is_part(one)]
    given = [one for one in parts if one.need == "access.grant-app"]
    assert {one.outcome for one in given} <= {"verified"}
    assert [one.outcome for one in parts if one.need == "manual_task"] == ["handed_off"]
    with stage.house.journal.read() as tx:
        notices = [m.text.raw for m in tx.conversation(talk.conversation) if m.private] + [
            m.text.raw for m in tx.conversation(f"notices:{boss.id}")
        ]
    assert any("/secret/" in text and "starts today" in text for text in notices)


def test_two_people_of_one_name_get_two_accounts(stage: Stage) -> None:
    boss = boss_of(stage)
    taken = next(p for p in stage.house.rooms.world().people.values() if p.active and len(p.name.split()) == 2)
    talk, case = ask_for(stage, boss, f"new: {taken.name}", "in two weeks")
    told = talk.hears("is made:")
    assert f"{taken.username}2" in told
    assert not office(stage, f"/accounts/{taken.username}2")["enabled"], "off until the first day"
    assert stage.story(case).case.live


def test_who_does_not_come_after_all_leaves_nothing_behind(stage: Stage) -> None:
    boss = boss_of(stage)
    talk, case = ask_for(stage, boss, "Quirina Aldersmith", "in three weeks")
    told = talk.hears("is made:")
    username = re.findall(r"made: (\S+),", told)[0]
    assert office(stage, f"/accounts/{username}")["exists"]
    until(lambda: stage.story(case).case.state == "open")
    talk.say("cancel the onboarding of Quirina Aldersmith, she isn't coming after all")
    until(lambda: stage.story(case).case.outcome == "withdrawn")
    until(lambda: not office(stage, f"/accounts/{username}")["exists"])
    until(lambda: not office(stage, f"/mailboxes/{username}")["exists"])
    until(lambda: not stage.house.rooms.world().people[username].active)
    talk.hears("taken back")


def test_who_leaves_before_the_watch_is_over_is_taken_back_after_the_end_too(stage: Stage) -> None:
    boss = boss_of(stage)
    talk, case = ask_for(stage, boss, "Peregrin Fallowmere", dt.datetime.now(dt.UTC).date().isoformat())
    until(lambda: not stage.story(case).case.live)
    username = re.findall(r"account (\S+) and", talk.hears("has the account"))[0]
    talk.say("please cancel the joiner for Peregrin Fallowmere, he isn't coming after all")
    until(lambda: stage.cases(need="requests.take-back"))
    until(lambda: not office(stage, f"/accounts/{username}")["exists"])
    until(lambda: stage.story(case).case.outcome == "withdrawn")
    assert not stage.house.rooms.world().people[username].active
