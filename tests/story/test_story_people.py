"""From a person's message to the verdict, for every runbook that people reach; each effect read back from the company."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.story.stage import Stage

from tickless.domain.errors import NotFound
from tickless.domain.person import Person
from tickless.sample.estate.control import OfficeFault


def test_a_locked_account_is_unlocked_and_read_back(stage: Stage) -> None:
    person = stage.cast.draw()
    stage.estate.fault("lock", person.username)
    talk = stage.talk(person).say("acount locked pls help, i cant sign in")
    story = talk.ends()
    assert (story.case.need, story.case.kind, story.case.outcome) == ("account_unlock", "incident", "verified")
    assert stage.effects("directory.unlock").count(person.username) == 1
    assert stage.estate.read("office", f"/accounts/{person.username}")["locked"] is False
    assert story.verdicts[-1].readings[-1].answer["locked"] is False
    assert story.case.hold_until > story.case.resolved_at
    assert "unlocked" in talk.told()[-1]
    assert story.resolutions[-1].minutes_saved > 0


def test_what_is_not_broken_is_left_alone_and_counts_nothing(stage: Stage) -> None:
    person = stage.cast.draw()
    story = stage.talk(person).say("I'm locked out of my account").ends()
    assert (story.case.outcome, story.changed) == ("verified", [])
    assert person.username not in stage.effects("directory.unlock")
    assert story.resolutions[-1].minutes_saved == 0


def test_a_forgotten_password_takes_a_code_and_comes_by_a_link_that_opens_once(stage: Stage) -> None:
    person = stage.cast.draw()
    talk = stage.talk(person).say("i forgot my password")
    assert talk.question().about == "step_up"
    assert person.username not in stage.effects("directory.set_password")
    story = talk.say(talk.code(person)).ends()
    assert (story.case.outcome, story.case.assurance) == ("verified", "step_up")
    card = next(line.card for line in talk.lines() if line.card and line.card["kind"] == "secret")
    secret = str(card["href"]).rpartition("/")[2]
    password = stage.house.rooms.vault.hand_out(secret, person=person.id)
    assert stage.estate.sign_in(person.username, password)[0]
    everything = [line.text.raw for line in talk.lines()] + [receipt.model_dump_json() for receipt in story.receipts]
    assert not any(password in text for text in everything)
    with pytest.raises(NotFound):
        stage.house.rooms.vault.hand_out(secret, person=person.id)


@pytest.mark.parametrize(
    ("fault", "effect"),
    [("vpn_expired", "vpn.renew_profile"), ("lock", "directory.unlock")],
    ids=["profile", "account"],
)
def test_a_tunnel_comes_up_again_whatever_was_behind_it(stage: Stage, fault: OfficeFault, effect: str) -> None:
    person = stage.cast.draw()
    stage.estate.fault(fault, person.username)
    story = stage.talk(person).say("vpn doesnt work at home, pls help").ends()
    assert (story.case.need, story.case.outcome) == ("vpn_trouble", "verified")
    assert person.username in stage.effects(effect)
    assert stage.estate.read("office", f"/vpn/tunnels/{person.username}")["connects"] is True


def test_an_old_client_is_updated_by_hand_and_the_tunnel_is_tried(stage: Stage) -> None:
    person = stage.cast.draw()
    stage.estate.fault("client_old", person.username)
    talk = stage.talk(person).say("the tunnel won't come up since the update")
    assert "done" in talk.question().choices
    stage.estate.heal("client_old", person.username)
    story = talk.say("done").ends()
    assert (story.case.outcome, story.changed) == ("verified", [])


def _grant(stage: Stage) -> tuple[Person, str, str, str]:
    app = stage.app("sprigboard")
    person = stage.cast.without(app)
    return person, "I need access to Sprigboard", "directory.add_to_group", f"{person.username}/{app.group}"


def _remove(stage: Stage) -> tuple[Person, str, str, str]:
    app = stage.app("driftview")
    person = stage.cast.holding(app)
    return (
        person,
        "please remove my access to Driftview",
        "directory.remove_from_group",
        f"{person.username}/{app.group}",
    )


def _install(stage: Stage) -> tuple[Person, str, str, str]:
    app = stage.app("quillmark")
    person = stage.cast.without(app)
    laptop = stage.sample.company.laptop(person.id).id
    return person, "please install Quillmark PDF on my laptop", "endpoint.install", f"{laptop}/{app.package}"


def _quota(stage: Stage) -> tuple[Person, str, str, str]:
    person = stage.cast.draw()
    stage.estate.fault("mailbox_tight", person.username)
    return person, "my mailbox is nearly full, need more space", "mailbox.set_quota", person.username


@pytest.mark.parametrize("scene", [_grant, _remove, _install, _quota], ids=["grant", "remove", "install", "quota"])
def test_a_request_is_done_once_and_read_back(
    stage: Stage, scene: Callable[[Stage], tuple[Person, str, str, str]]
) -> None:
    person, says, operation, target = scene(stage)
    story = stage.talk(person).say(says).ends()
    assert story.case.outcome == "verified"
    assert stage.effects(operation).count(target) == 1
    assert story.verdicts[-1].result == "held"


def test_a_device_that_is_off_is_asked_for_and_then_served(stage: Stage) -> None:
    app = stage.app("lantern-meet")
    person = stage.cast.without(app)
    laptop = stage.sample.company.laptop(person.id).id
    stage.estate.fault("device_offline", laptop)
    talk = stage.talk(person).say("install Lantern Meet please")
    talk.question()
    stage.estate.heal("device_offline", laptop)
    assert talk.say("ready").ends().case.outcome == "verified"
    assert f"{laptop}/{app.package}" in stage.effects("endpoint.install")


def test_two_needs_in_one_message_are_two_cases(stage: Stage) -> None:
    app = stage.app("quillmark")
    person = stage.cast.without(app)
    stage.estate.fault("vpn_expired", person.username)
    talk = stage.talk(person).say("my vpn doesn't work and I also need Quillmark PDF installed on my laptop")
    assert talk.ends("vpn_trouble").case.outcome == "verified"
    assert talk.ends("software_install").case.outcome == "verified"


def test_what_is_missing_is_asked_for_once(stage: Stage) -> None:
    app = stage.app("sprigboard")
    person = stage.cast.without(app)
    talk = stage.talk(person).say("I need some software on my laptop")
    assert talk.question().about == "app"
    story = talk.say("Sprigboard").ends()
    assert (story.case.outcome, [d.kind for d in story.decisions]) == ("verified", ["ask_person", "act"])


def test_small_talk_opens_no_case_and_what_nobody_knows_goes_to_people(stage: Stage) -> None:
    talk = stage.talk(stage.cast.draw()).say("good morning :)")
    talk.hears("hello")
    assert stage.cases(conversation=talk.conversation) == []
    story = stage.talk(stage.cast.draw()).say("how do I set up a kubernetes cluster?").ends()
    assert (story.case.kind, story.case.outcome) == ("question", "handed_off")


def test_never_mind_stops_it_before_anything_is_done(stage: Stage) -> None:
    app = stage.app("driftview")
    person = stage.cast.without(app)
    talk = stage.talk(person).say("could I get access to Driftview please")
    stage.approval_of(talk.case())
    story = talk.say("never mind, forget it").ends()
    assert (story.case.outcome, story.runs) == ("withdrawn", [])
    assert f"{person.username}/{app.group}" not in stage.effects("directory.add_to_group")


def test_it_still_does_not_work_opens_the_same_case_again(stage: Stage) -> None:
    person = stage.cast.draw()
    stage.estate.fault("lock", person.username)
    talk = stage.talk(person).say("i am locked out of my account")
    first = talk.ends()
    stage.estate.fault("lock", person.username)
    talk.say("no, it still doesn't work")
    talk.hears("sorry")
    second = talk.ends()
    assert second.case.id == first.case.id
    assert (second.case.outcome, second.case.regressions) == ("verified", 1)
    assert [resolution.outcome for resolution in second.resolutions] == ["regressed", "verified"]
    assert stage.effects("directory.unlock").count(person.username) == 2


def test_a_mailbox_with_room_is_left_as_it_is(stage: Stage) -> None:
    person = stage.cast.draw()
    story = stage.talk(person).say("my mailbox is full").ends()
    assert (story.case.outcome, story.changed) == ("verified", [])
    assert person.username not in stage.effects("mailbox.set_quota")
