"""Matrix over a real Synapse: two people, a direct room and a shared one, and a house that is stopped and started again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.lane.channels import ANNA, bind, code_on, house_with, said_by_people, settled
from tests.lane.houses import wait_for_case
from tests.lane.instances import instance_of, run
from tests.servers.slapd import Slapd
from tests.servers.synapse import BOT, Chatter, Synapse
from tests.servers.webhook import Inbox
from tests.waiting import until

from tickless.app.build import House
from tickless.connectors.matrix.listening import ENCRYPTED

TOKEN = "env:MATRIX"


@contextmanager
def opened(folder: Path, synapse: Synapse, slapd: Slapd, phones: Inbox) -> Iterator[House]:
    bot = synapse.person(BOT)
    settings = {"homeserver": synapse.url, "user_id": bot.user, "access_token": TOKEN, "wait": 10}
    secrets = {"MATRIX": bot.token}
    with house_with(folder, slapd, phones, name="matrix", use="matrix", settings=settings, secrets=secrets) as house:
        yield house


@pytest.fixture
def house(synapse: Synapse, slapd: Slapd, webhook_inbox: Inbox, tmp_path: Path) -> Iterator[House]:
    with opened(tmp_path, synapse, slapd, webhook_inbox) as running:
        yield running
    slapd.restore()


def direct_room(synapse: Synapse, person: Chatter) -> str:
    """A direct room that the house has come into."""
    bot = synapse.user(BOT)
    room = person.open_room(bot, is_direct=True)
    until(lambda: person.state_of(room).get(bot) == "join", "the house accepts an invitation")
    return room


def hears(synapse: Synapse, person: Chatter, room: str, words: str) -> dict[str, object]:
    """The message of the house with these words."""
    found = until(
        lambda: [one for one in person.heard(room, synapse.user(BOT)) if words in str(one["body"]).lower()],
        f"{words!r} from the house",
    )
    return found[-1]


def test_a_locked_account_is_unlocked_in_a_direct_room(
    house: House, synapse: Synapse, slapd: Slapd, webhook_inbox: Inbox
) -> None:
    anna = synapse.person("anna")
    bind(house, ANNA, channel="matrix", account=anna.user)
    slapd.lock_out("anna")
    room = direct_room(synapse, anna)
    anna.say(room, "i am locked out of my account since this morning")
    hears(synapse, anna, room, "code")
    anna.say(room, code_on(webhook_inbox, ANNA))
    case = wait_for_case(house, "a verified unlock", lambda one: one.outcome == "verified")
    assert case.requester == "p1"
    assert slapd.can_sign_in("anna")
    done = hears(synapse, anna, room, "unlocked")
    assert done["format"] == "org.matrix.custom.html"
    said = len(anna.heard(room, synapse.user(BOT)))
    anna.say(room, "thanks!")
    until(lambda: len(anna.heard(room, synapse.user(BOT))) > said, "thanks is answered")
    with house.journal.read() as tx:
        assert len(tx.cases.where()) == len(tx.threads.where()) == 1


def test_in_a_shared_room_it_answers_who_names_it_in_a_thread_and_nobody_else(house: House, synapse: Synapse) -> None:
    anna, ben, bot = synapse.person("anna"), synapse.person("ben"), synapse.user(BOT)
    room = anna.open_room(bot, ben.user)
    ben.call("POST", f"v3/join/{room}", {})
    until(lambda: anna.state_of(room).get(bot) == "join", "the house comes in")
    ben.say(room, "what is for lunch?")
    asked = anna.say(room, "tickless: hello", **{"m.mentions": {"user_ids": [bot]}})
    answer = until(lambda: anna.heard(room, bot), "an answer")[0]
    assert answer["m.relates_to"]["event_id"] == asked
    thread = {"m.relates_to": {"rel_type": "m.thread", "event_id": asked}}
    anna.say(room, "still here", **thread)
    until(lambda: "still here" in said_by_people(house), "its thread is heard without its name")
    with house.journal.read() as tx:
        (found,) = tx.threads.where()
    assert not found.private
    assert "what is for lunch?" not in said_by_people(house)


def test_what_is_said_while_it_is_down_is_heard_once_and_nothing_twice(
    synapse: Synapse, slapd: Slapd, webhook_inbox: Inbox, tmp_path: Path
) -> None:
    ben, bot = synapse.person("ben"), synapse.user(BOT)
    with opened(tmp_path, synapse, slapd, webhook_inbox):
        room = direct_room(synapse, ben)
        ben.say(room, "hello")
        until(lambda: ben.heard(room, bot), "an answer")
    for number in range(130):  # more than one look holds
        ben.say(room, f"are you there {number}", msgtype="m.text" if number % 40 == 0 else "m.notice")
    edited = ben.say(room, "hello again")
    edit = {"body": "* bye", "m.new_content": {"msgtype": "m.text", "body": "bye"}}
    ben.say(room, text="* bye", **{**edit, "m.relates_to": {"rel_type": "m.replace", "event_id": edited}})
    with opened(tmp_path, synapse, slapd, webhook_inbox) as house:
        until(lambda: "hello again" in said_by_people(house), "what was missed is heard")
        settled(house)
        said = said_by_people(house)
        with house.journal.read() as tx:
            posted = [one.external for one in tx.deliveries.where()]
    assert len(said) == len(set(said)) == 132
    assert "bye" not in said
    assert sorted(posted) == sorted(one["event_id"] for one in ben.heard(room, bot))


def test_a_choice_can_be_made_by_a_reaction(house: House, synapse: Synapse) -> None:
    ben, bot = synapse.person("ben"), synapse.person(BOT)
    room = direct_room(synapse, ben)
    settings = {"homeserver": synapse.url, "user_id": bot.user, "access_token": TOKEN}
    card = {"kind": "list", "title": "Catalogue", "items": [["A monitor", "hello monitor"], ["A chair", "hello chair"]]}
    instance = instance_of("matrix", settings, {"MATRIX": bot.token})
    for _ in range(2):  # the same key: said once
        posted = run(
            instance, "post", address={"room": room, "user": ben.user}, text="Pick one", card=card, private=True
        )
    assert len(ben.heard(room, bot.user)) == 1
    event = posted.output.external
    relates = {"rel_type": "m.annotation", "event_id": event, "key": "2\u20e3"}
    ben.send(room, "m.reaction", {"m.relates_to": relates})
    until(lambda: "hello chair" in said_by_people(house), "a reaction says what it stands for")
    run(instance, "update", address={"room": room}, external=event, text="Pick one", card=card, note="A chair it is")
    assert run(instance, "event", room=room, event=event).output.sender == bot.user
    edits = [one for one in ben.heard(room, bot.user) if "A chair it is" in str(one.get("m.new_content"))]
    assert len(edits) <= 1


def test_strangers_are_turned_away_and_encrypted_rooms_are_told_of(house: House, synapse: Synapse) -> None:
    anna, bot = synapse.person("anna"), synapse.user(BOT)
    room = direct_room(synapse, anna)
    anna.call("PUT", f"v3/rooms/{room}/state/m.room.encryption/", {"algorithm": "m.megolm.v1.aes-sha2"})
    for _ in range(2):
        anna.send(room, "m.room.encrypted", {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "x", "session_id": "s"})
    until(lambda: [one for one in anna.heard(room, bot) if one["body"] == ENCRYPTED], "it says that it cannot read")
    assert len(anna.heard(room, bot)) == 1


def test_invitations_of_other_servers_are_declined(
    synapse: Synapse, slapd: Slapd, webhook_inbox: Inbox, tmp_path: Path
) -> None:
    anna, bot = synapse.person("anna"), synapse.person(BOT)
    settings = {
        "homeserver": synapse.url,
        "user_id": bot.user,
        "access_token": TOKEN,
        "allowed_servers": ["partner.example"],
    }
    with house_with(tmp_path, slapd, webhook_inbox, name="matrix", use="matrix", settings=settings,
                    secrets={"MATRIX": bot.token}) as house:  # fmt: skip
        room = anna.open_room(bot.user, is_direct=True)
        until(lambda: anna.state_of(room).get(bot.user) == "leave", "it declines")
        assert said_by_people(house) == []
