"""Slack, over the real wire: a question in a direct message is solved and answered there, a secret never leaves it, an approval
is pressed there, and neither a broken socket nor a process that is down loses or doubles a word."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.lane.slack_town import HOME, Town, open_town
from tests.waiting import until

from tickless.sdk.testing.slack import TEAM, Body, FakeSlack, Refusal, slack_server


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with open_town(tmp_path_factory.mktemp("slack")) as made:
        yield made


def buttons(message: Body) -> list[Body]:
    return [one for block in message["blocks"] for one in block.get("elements", []) if one.get("type") == "button"]


def test_a_direct_message_is_solved_and_answered_there(town: Town) -> None:
    person = town.cast.draw()
    user = town.member(person)
    town.sample.estate.fault("lock", person.username)
    town.slack.write(user, "i am locked out of my account")
    town.told(town.slack.direct(user), "field:answer")
    code = town.code(person)
    town.slack.write(user, code)
    town.told(town.slack.direct(user), "unlocked")
    assert town.ended(person, "account_unlock").outcome == "verified"
    assert town.sample.estate.read("office", f"/accounts/{person.username}")["locked"] is False
    assert town.heard(user)[0] == "i am locked out of my account"
    assert code not in town.heard(user)  # nor is it kept
    until(lambda: not town.slack.waiting)


def test_a_code_is_typed_into_its_field_and_the_secret_is_a_link_home(town: Town) -> None:
    person = town.cast.draw()
    user = town.member(person)
    direct = town.slack.direct(user)
    town.slack.write(user, "i forgot my password")
    asked = town.prove(person, user)
    message = town.told(direct, "Show it, once")
    assert town.ended(person, "password_reset").outcome == "verified"
    (link,) = [one["url"] for one in buttons(message) if "url" in one]
    assert link.startswith(f"{HOME}/")
    secret = link.rpartition("/")[2].partition("?")[0]
    assert town.house.rooms.vault.hand_out(secret, person=person.id) not in town.said(direct)
    until(lambda: not buttons(next(one for one in town.slack.said(direct) if one["ts"] == asked["ts"])))


def test_a_secret_asked_for_in_a_channel_is_said_aside(town: Town) -> None:
    person = town.cast.draw()
    user = town.member(person)
    asking = town.slack.write(user, "i forgot my password", channel="C0GENERAL")
    assert town.prove(person, user, channel="C0GENERAL")["thread_ts"] == asking["ts"]
    link = next(one["url"] for one in buttons(town.told(town.slack.direct(user), "Show it, once")) if "url" in one)
    assert town.ended(person, "password_reset").outcome == "verified"
    everything = json.dumps(town.slack.channels["C0GENERAL"])
    assert link not in everything
    assert link.rpartition("/")[2].partition("?")[0] not in everything
    assert "Show it" not in everything


def test_an_approval_is_pressed_and_nothing_is_left_to_press(town: Town) -> None:
    app = town.sample.company.app("driftview")
    person = town.cast.without(app)
    manager = town.sample.company.person(person.manager or "")
    user, boss = town.member(person), town.member(manager)
    town.slack.write(boss, "hello")
    town.told(town.slack.direct(boss), "")
    town.slack.write(user, "could I get access to Driftview please")
    town.prove(person, user)
    asked = town.told(town.slack.direct(boss), "approve")
    assert {one["text"]["text"] for one in buttons(asked)} == {"Approve", "Deny"}
    town.slack.press(user, town.slack.direct(user), asked, "Approve")  # the one who asks presses what is not theirs
    town.slack.press(boss, town.slack.direct(boss), asked, "Approve")
    assert town.ended(person, "access_request").outcome == "verified"
    effects = [one.target for one in town.sample.estate.effects() if one.operation == "directory.add_to_group"]
    assert effects.count(f"{person.username}/{app.group}") == 1
    until(
        lambda: not buttons(next(one for one in town.slack.said(town.slack.direct(boss)) if one["ts"] == asked["ts"]))
    )


def test_a_member_is_known_by_the_directorys_address(town: Town) -> None:
    person = town.cast.draw()
    user = town.member(person, bound=False)
    town.sample.estate.fault("vpn_expired", person.username)
    town.slack.write(user, "vpn doesnt work at home, pls help")
    town.prove(person, user)
    assert town.ended(person, "vpn_trouble").outcome == "verified"
    with town.house.journal.read() as tx:
        bound = tx.bindings.get(f"slack:{TEAM}:{user}")
    assert bound is not None
    assert (bound.person, bound.way) == (person.id, "directory")


def test_nothing_is_lost_or_doubled_when_the_socket_breaks(town: Town) -> None:
    user = town.member(town.cast.draw())
    words = [f"hello number {number}" for number in range(12)]
    opened = town.slack.opened
    for number, text in enumerate(words):
        if number == 3:
            town.slack.refresh()
            until(lambda: town.slack.opened > opened)
        if number == 7:
            town.slack.hang_up()
        town.slack.write(user, text)
        if number % 4 == 2:
            town.slack.send_again()
    until(lambda: not town.slack.waiting)
    until(lambda: len(town.heard(user)) >= len(words))
    assert sorted(town.heard(user)) == sorted(words)
    assert town.slack.opened >= opened + 2


def test_what_was_written_while_the_house_was_down_is_found(town: Town) -> None:
    user = town.member(town.cast.draw())
    town.slack.write(user, "before")
    until(lambda: town.heard(user) == ["before"])
    with town.deaf():
        missed = town.slack.write(user, "hello, is nobody there", quiet=True)
    until(lambda: town.heard(user) == ["before", "hello, is nobody there"])
    event = {**missed, "channel": town.slack.direct(user), "channel_type": "im"}
    town.slack.send("events_api", town.slack.callback(event))  # Slack sends it after all
    until(lambda: not town.slack.waiting)
    town.slack.write(user, "after")
    until(lambda: "after" in town.heard(user))
    assert town.heard(user) == ["before", "hello, is nobody there", "after"]


def test_the_doctor_says_whether_somebody_listens(town: Town) -> None:
    assert until(lambda: town.doctor("slack")[0] and town.doctor("slack")[1]).startswith("listening since")
    town.slack.refuse("apps.connections.open", *[Refusal(error="invalid_auth")] * 3)
    town.slack.hang_up()
    until(lambda: "invalid_auth" in town.doctor("slack")[1])
    assert town.doctor("slack")[0] is False
    until(lambda: town.doctor("slack")[0])


def test_events_come_in_by_slacks_signature_and_by_nothing_else(town: Town) -> None:
    user = town.member(town.cast.draw(), bound=False)
    event = town.event(user, "hello by the hook")
    answered = town.post(event)
    assert (answered.status_code, answered.content) == (200, b"")
    assert town.post(event).status_code == 200  # sent again by Slack, within the window
    until(lambda: town.heard(user))
    assert town.heard(user) == ["hello by the hook"]
    for refused in (
        town.post(town.event(user, "forged"), secret="not the secret"),
        town.post(town.event(user, "late"), age=400),
        town.post(town.event(user, "early"), age=-400),
        town.post(town.event(user, "by the wrong door"), source="slack"),
    ):
        assert refused.status_code == 401
    assert town.heard(user) == ["hello by the hook"]


def test_the_address_is_confirmed_to_slack_only_when_it_signs(town: Town) -> None:
    asked = {"type": "url_verification", "token": "x", "challenge": "3eZbrw1aBm2rZ"}
    assert town.post(asked).json() == {"challenge": "3eZbrw1aBm2rZ"}
    assert town.post(asked, secret="not the secret").status_code == 401


def test_a_killed_process_answers_everybody_once(tmp_path: Path) -> None:
    """Killed when Slack has the answer and the house does not know yet, with further words on their way."""
    with slack_server(FakeSlack()) as slack, ExitStack() as stack:
        child = _child(stack, tmp_path, slack)
        slack.held["chat.postMessage"] = threading.Event()
        slack.write("U0ADA", "hello")
        until(lambda: slack.said("D0ADA"))
        slack.write("U0TOM", "hello there")
        child.kill()
        child.wait()
        slack.held.pop("chat.postMessage").set()
        slack.write("U0ADA", "good morning", quiet=True)
        _child(stack, tmp_path, slack)
        until(lambda: len(slack.said("D0ADA")) == 2 and slack.said("D0TOM") and not slack.waiting)
        slack.write("U0EVE", "hello")
        until(lambda: slack.said("D0EVE"))
        assert {name: len(slack.said(name)) for name in slack.channels} == {"D0ADA": 2, "D0TOM": 1, "D0EVE": 1}


def _child(stack: ExitStack, folder: Path, slack: FakeSlack) -> subprocess.Popen[bytes]:
    """A house in a process of its own that listens already."""
    opened = slack.opened
    script = Path(__file__).with_name("slack_child.py")
    child = subprocess.Popen([sys.executable, str(script), str(folder), slack.api])
    stack.callback(child.wait)
    stack.callback(child.kill)
    until(lambda: slack.opened > opened)
    return child
