"""Who may have what: nobody is believed without proof, nobody approves their own wish, no is no."""

from __future__ import annotations

import asyncio

import pytest
from tests.story.stage import Stage, Talk

from tickless.domain.errors import Conflict, Forbidden, NotFound
from tickless.domain.signal import Deed, Sender
from tickless.flow.saying import phrases
from tickless.stages.decide.policy_files import compile_policies
from tickless.stages.learn.service import put_rung


def test_an_impostor_gets_a_question_and_never_an_unlock(stage: Stage) -> None:
    """Nobody is signed in; the code goes to the real person's phone, and wrong codes and silence end with people."""
    victim = stage.cast.draw()
    stage.estate.fault("lock", victim.username)
    talk = stage.talk().say(f"hello, this is {victim.name}, i am locked out. unlock my account NOW please")
    assert talk.question().about.startswith("step_up")
    right = talk.code(victim)
    talk.say("123456" if right != "123456" else "654321")
    talk.hears("isn't right")
    story = talk.ends()
    assert (story.case.outcome, story.runs) == ("handed_off", [])
    assert {decision.kind for decision in story.decisions} == {"ask_person"}
    assert victim.username not in stage.effects("directory.unlock")
    assert stage.estate.read("office", f"/accounts/{victim.username}")["locked"] is True
    assert right not in "".join(talk.told())


def test_the_real_person_without_a_session_proves_it_with_the_code(stage: Stage) -> None:
    person = stage.cast.draw()
    stage.estate.fault("lock", person.username)
    talk = stage.talk().say(f"this is {person.name}, I'm locked out of my account")
    talk.question()
    story = talk.say(talk.code(person)).ends()
    assert (story.case.outcome, story.case.assurance) == ("verified", "step_up")
    assert stage.effects("directory.unlock").count(person.username) == 1


def test_for_a_colleague_the_colleagues_own_phone_decides(stage: Stage) -> None:
    writer, colleague = stage.cast.draw(), stage.cast.draw()
    stage.estate.fault("lock", colleague.username)
    talk = stage.talk(writer).say(f"my colleague {colleague.name} is locked out, can you unlock the account")
    assert talk.question().about == "step_up:target"
    story = talk.say(talk.code(colleague)).ends()
    assert story.case.outcome == "verified"
    assert stage.effects("directory.unlock").count(colleague.username) == 1
    assert writer.username not in stage.effects("directory.unlock")


def test_one_of_two_with_the_same_name_is_asked_for_by_choice(stage: Stage) -> None:
    writer = stage.cast.draw()
    meant, other = (person for person in stage.sample.company.people if person.name == "Wei Chen")
    for one in (meant, other):
        stage.estate.fault("lock", one.username)
    talk = stage.talk(writer).say("can you unlock Wei Chen? the account is locked")
    asked = talk.question()
    assert len(asked.choices) == 2
    talk.say(f"{meant.name} ({meant.department}, {meant.username})")
    talk.question(2)
    assert talk.say(talk.code(meant)).ends().case.outcome == "verified"
    assert meant.username in stage.effects("directory.unlock")
    assert other.username not in stage.effects("directory.unlock")


def test_an_approved_request_is_granted_and_the_yes_is_bound_to_its_plan(stage: Stage) -> None:
    app = stage.app("driftview")
    person = stage.cast.without(app)
    talk = stage.talk(person).say("could I get access to Driftview please")
    asked = stage.approval_of(talk.case())
    assert asked.approvers == (person.manager,)
    stage.decide(asked, stage.person(person.manager or ""), approve=True)
    story = talk.ends()
    assert story.case.outcome == "verified"
    assert story.runs[0].plan_hash == asked.plan_hash
    assert f"{person.username}/{app.group}" in stage.effects("directory.add_to_group")
    with pytest.raises(Conflict):
        stage.decide(asked, stage.person(person.manager or ""), approve=False)


def test_an_owner_is_asked_where_the_app_says_so(stage: Stage) -> None:
    app = stage.app("tallybook")
    person = stage.cast.without(app)
    talk = stage.talk(person).say("please give me access to tallybook")
    asked = stage.approval_of(talk.case())
    assert asked.approvers == (app.owner,)
    stage.decide(asked, stage.person(app.owner or ""), approve=True)
    assert talk.ends().case.outcome == "verified"


def test_a_denied_request_is_refused_and_nothing_is_granted(stage: Stage) -> None:
    app = stage.app("driftview")
    person = stage.cast.without(app)
    talk = stage.talk(person).say("could I get access to Driftview please")
    stage.decide(stage.approval_of(talk.case()), stage.person(person.manager or ""), approve=False, reason="not now")
    story = talk.ends()
    assert (story.case.outcome, story.runs) == ("refused", [])
    assert f"{person.username}/{app.group}" not in stage.effects("directory.add_to_group")


def test_nobody_approves_their_own_request_nor_one_they_were_not_asked_for(stage: Stage) -> None:
    app = stage.app("driftview")
    person, stranger = stage.cast.without(app), stage.cast.draw()
    talk = stage.talk(person).say("could I get access to Driftview please")
    asked = stage.approval_of(talk.case())
    for one in (person, stranger):
        with pytest.raises(Forbidden):
            stage.decide(asked, one, approve=True)
    assert stage.approval_of(talk.case()).state == "pending"
    assert f"{person.username}/{app.group}" not in stage.effects("directory.add_to_group")
    stage.decide(asked, stage.person(person.manager or ""), approve=False)
    assert talk.ends().case.outcome == "refused"


def test_a_yes_for_one_person_or_app_is_none_for_another(stage: Stage) -> None:
    app, other_app = stage.app("driftview"), stage.app("sprigboard")
    person = stage.cast.without(app)
    boss = stage.person(person.manager or "")
    other = next(one for one in stage.sample.company.people if one.manager == boss.id and one.id != person.id)
    talk = stage.talk(person).say("could I get access to Driftview please")
    asked = stage.approval_of(talk.case())
    theirs = stage.talk(boss)
    theirs.say(f"yes, I approve the access for {other.name}")
    theirs.hears(phrases.WHICH_APPROVAL)
    theirs.say(f"I approve {other_app.name}")
    talk.say("status?")
    assert stage.approval_of(talk.case()).state == "pending"
    theirs.say(f"approve case {talk.case().number}")
    theirs.hears(phrases.APPROVED)
    assert talk.ends().case.outcome == "verified"
    assert asked.requester == person.id


@pytest.mark.parametrize("how", ["words", "button"])
def test_who_types_for_others_approves_for_nobody(stage: Stage, how: str) -> None:
    """An account that may speak as anybody would otherwise say yes to what it asked for itself, in the approver's name."""
    app = stage.app("driftview")
    person, typist = stage.cast.without(app), stage.cast.draw()
    talk = stage.talk(person).say("could I get access to Driftview please")
    asked = stage.approval_of(talk.case())
    boss = stage.person(person.manager or "")
    for number, sender in enumerate((
        Sender(channel="rest", account=boss.username, conversation=f"rest:{boss.id}:typed", person=boss.id,
               assurance="signed_in", via=typist.id),
        Sender(channel="mcp", account=boss.username, conversation=f"mcp:{boss.id}:tool", person=boss.id,
               assurance="signed_in", approves=False),
    )):  # fmt: skip
        if how == "words":
            asyncio.run(stage.house.desk.say(sender, f"approve case {talk.case().number}"))
        else:
            asyncio.run(stage.house.desk.press(sender, Deed(kind="approve", ref=asked.id)))
        Talk(stage, sender.conversation, boss, "signed_in").hears(phrases.APPROVE_YOURSELF)
        assert stage.approval_of(talk.case()).state == "pending", number
    stage.decide(asked, boss, approve=False)
    assert talk.ends().case.outcome == "refused"


def test_whom_the_catalogue_does_not_offer_it_is_refused_without_asking_anybody(stage: Stage) -> None:
    app = stage.app("tallybook")
    person = stage.cast.outside(app)
    story = stage.talk(person).say("please give me access to tallybook").ends()
    assert (story.case.outcome, story.runs) == ("refused", [])
    assert "identity.not-eligible" in {reason.policy for reason in story.decisions[-1].reasons}


def test_an_account_with_rights_over_others_needs_the_managers_yes(stage: Stage) -> None:
    admin = next(
        person for person in stage.sample.company.people if person.privileged and person.phone and person.manager
    )
    stage.estate.fault("lock", admin.username)
    talk = stage.talk(admin).say("i am locked out of my account")
    asked = stage.approval_of(talk.case())
    assert admin.id not in asked.approvers
    assert admin.username not in stage.effects("directory.unlock")
    stage.decide(asked, stage.person(asked.approvers[0]), approve=True)
    assert talk.ends().case.outcome == "verified"


def test_why_not_is_told_for_the_place_as_it_is_now(stage: Stage) -> None:
    desk = stage.house.desk.policy
    service = next(one for one in stage.house.rooms.world().services.values() if one.criticality == 1)
    asked = f"service.restart@{service.name}"
    here = desk.explain("system", "run", asked, {}).question.context
    assert (here["criticality"], here["kill_switch"]) == (1, False)
    with stage.house.journal.write() as tx:
        tx.coordination.set_switch(
            f"service:{service.id}", on=True, by="user:op", reason="a story", at=stage.house.rooms.clock.now()
        )
        put_rung(
            tx, "service.restart", "criticality:1", "observe", by="user:op", at=stage.house.rooms.clock.now(), reason=""
        )
    held = desk.explain("system", "run", asked, {})
    elsewhere = desk.explain("system", "run", "service.restart", {}).question.context
    assert (held.question.context["kill_switch"], held.question.context["autonomy"]) == (True, "observe")
    assert elsewhere["kill_switch"] is False
    assert "brakes.kill-switch" in {reason.policy for reason in held.ruling.reasons}
    with stage.house.journal.write() as tx:
        tx.coordination.set_switch(
            f"service:{service.id}", on=False, by="user:op", reason="", at=stage.house.rooms.clock.now()
        )
        tx.drop_rung("service.restart", "criticality:1")
    with pytest.raises(NotFound, match="no service"):
        desk.explain("system", "run", "service.restart@nowhere", {})


def test_what_has_been_forbidden_since_the_decision_does_not_begin(stage: Stage) -> None:
    engine, desk = stage.house.rooms.policy, stage.house.desk.policy
    held = engine.policies
    rule = """@id("ours.no-unlocks") @reason("The directory is being moved.")
forbid (principal is Runbook, action == Action::"call", resource) when { resource.id == "directory.unlock" };"""
    person = stage.cast.draw()
    stage.estate.fault("lock", person.username)
    engine.take(compile_policies({**held.files, "99-ours.cedar": rule}))
    try:
        case = stage.talk(person).say("my account is locked, please unlock it").ends().case
        asked = desk.explain("runbook:directory.unlock-account", "call", "operation:directory.unlock", {})
        able = {one.id for one in desk.who_can("call", "operation:directory.unlock", {})}
        other = {one.id for one in desk.who_can("call", "operation:disk.clean_up", {})}
    finally:
        engine.take(held)
    assert case.outcome == "handed_off"
    assert person.username not in stage.effects("directory.unlock")
    with stage.house.journal.read() as tx:
        receipts = [one for run in tx.runs.by(case=case.id) for one in tx.receipts_of(run.id) if one.state == "failed"]
    assert [one.error for one in receipts] == ["policy forbids it now: The directory is being moved."]
    assert {one.id for one in asked.took_part} == {"ours.no-unlocks"}
    assert (able, "disk.clean-up" in other) == (set(), True)
