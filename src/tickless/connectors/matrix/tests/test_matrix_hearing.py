"""What is heard in rooms, whose words they are, and what one room or event that is out of order does to the others: nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.connectors.matrix.client import Matrix
from tickless.connectors.matrix.events import names_us, words_of
from tickless.connectors.matrix.listening import Rooms
from tickless.connectors.matrix.settings import Settings
from tickless.connectors.matrix.signals import RECEIVER
from tickless.connectors.matrix.waiting import MOST, Waiting
from tickless.domain.errors import AuthFailed, RateLimited, Rejected, Unreachable
from tickless.sdk import Ear

ME, IDA = "@help:larkmoor.example", "@ida:larkmoor.example"
SETTINGS = Settings(homeserver="https://matrix.larkmoor.example", user_id=ME)


def message(body: str, *, identity: str = "$1", thread: str = "", **content: Any) -> dict[str, Any]:
    related = {"m.relates_to": {"rel_type": "m.thread", "event_id": thread}} if thread else {}
    content = {"msgtype": "m.text", "body": body, **related, **content}
    return {"type": "m.room.message", "sender": IDA, "event_id": identity, "content": content}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("@help my VPN is down", "my VPN is down"),
        ("help: my VPN is down", "my VPN is down"),
        ("Help , my VPN is down", "my VPN is down"),
        (f"{ME}: my VPN is down", "my VPN is down"),
        (f"{ME} my VPN is down", "my VPN is down"),
    ],
)
def test_our_name_in_front_is_no_word_of_theirs(body: str, words: str) -> None:
    assert names_us(message(body), SETTINGS)
    assert words_of(message(body), SETTINGS, direct=False) == words
    assert words_of(message(body), SETTINGS, direct=True) == body


@pytest.mark.parametrize(
    "body",
    ["help me with my VPN", "helpless", "@helpdesk is slow", "@help-desk is slow", "@help.desk: hi", "@help:evil.example hi",
     f"{ME}.evil.example hi", "help-desk: who is on duty?"],
)  # fmt: skip
def test_a_word_that_is_our_name_stays_a_word(body: str) -> None:
    assert not names_us(message(body), SETTINGS)
    assert words_of(message(body), SETTINGS, direct=False) == body


@given(st.text(alphabet="help @:,.\n", max_size=60))
def test_in_a_direct_room_every_word_is_kept(body: str) -> None:
    assert words_of(message(body), SETTINGS, direct=True) == body.strip()


class Homeserver:
    """Rooms: who is in them, what fails, and who was let in."""

    def __init__(self, *, failing: Mapping[str, Exception] = {}, people: tuple[str, ...] = (ME, IDA)) -> None:
        self.failing = dict(failing)
        self.joined: list[str] = []
        self.people = people

    def _try(self, what: str) -> None:
        if what in self.failing:
            raise self.failing[what]

    def members(self, room: str, *, timeout: float) -> dict[str, str]:
        self._try(f"members {room}")
        return dict.fromkeys(self.people, "Ida")

    def state(self, room: str, kind: str, *, timeout: float) -> dict[str, Any]:
        return {}

    def in_thread(self, room: str, root: str, *, timeout: float) -> list[dict[str, Any]]:
        self._try(f"thread {root}")
        return [{"sender": ME}]

    def before(self, room: str, start: str, *, until: str, timeout: float) -> tuple[list[dict[str, Any]], str]:
        self._try(f"before {room}")
        return [], ""

    def event(self, room: str, identity: str, *, timeout: float) -> dict[str, Any]:
        self._try(f"event {identity}")
        return {}

    def join(self, room: str, *, timeout: float) -> None:
        self._try(f"join {room}")
        self.joined.append(room)

    def leave(self, room: str, *, timeout: float) -> None:
        self._try(f"leave {room}")


class House:
    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []

    async def hand_in(self, body: bytes, *, content_type: str = "", headers: Mapping[str, str] = {}) -> bool:
        self.heard.append(json.loads(body))
        return True

    @property
    def ids(self) -> list[str]:
        return [one["event"]["event_id"] for one in self.heard]


def take(server: Homeserver, *news: dict[str, Any], waiting: Waiting | None = None) -> House:
    house = House()
    rooms = Rooms(cast("Ear", house), cast("Matrix", server), SETTINGS, waiting or Waiting([]))

    async def all_of_it() -> None:
        for one in news:
            await rooms.take({"rooms": one}, since="s1")

    asyncio.run(all_of_it())
    return house


def timeline(*events: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"timeline": {"events": list(events), **more}}


def test_an_event_that_cannot_be_looked_up_or_written_down_is_skipped() -> None:
    server = Homeserver(failing={"thread $gone": Rejected("not found")}, people=(ME, IDA, "@bo:larkmoor.example"))
    house = take(
        server,
        {
            "join": {
                "!a": timeline(
                    message("in a thread", identity="$1", thread="$gone"),
                    message("@help \ud800", identity="$2"),
                    message("@help this is big", identity="$3", number=2**80),
                    message("@help hello", identity="$4"),
                )
            }
        },
    )
    assert house.ids == ["$3", "$4"]


def test_a_room_that_cannot_be_read_keeps_no_other_from_being_heard() -> None:
    server = Homeserver(failing={"members !a": Rejected("gone"), "before !b": Rejected("gone")})
    rooms = {
        "!a": timeline(message("hi", identity="$1")),
        "!b": timeline(message("hi", identity="$2"), limited=True, prev_batch="p"),
        "!c": {"timeline": {"events": 7}},
        "!d": timeline(message("hi", identity="$3")),
    }
    assert take(server, {"join": rooms}).ids == ["$3"]
    with pytest.raises(Unreachable):
        take(Homeserver(failing={"members !a": Unreachable("down")}), {"join": rooms})


def test_a_room_is_direct_for_the_person_who_is_in_it_with_us() -> None:
    house = take(Homeserver(people=(ME, "@bo:larkmoor.example")), {"join": {"!a": timeline(message("@help hi"))}})
    assert [one["room"]["direct"] for one in house.heard] == [False]
    house = take(Homeserver(), {"join": {"!a": timeline(message("hi"))}})
    assert [one["room"]["direct"] for one in house.heard] == [True]


def invitation(sender: str = IDA) -> dict[str, Any]:
    asked = {"type": "m.room.member", "state_key": ME, "sender": sender, "content": {"membership": "invite"}}
    return {"invite_state": {"events": [asked]}}


@pytest.mark.parametrize("error", [Unreachable("down"), RateLimited("slow down", after=3.0)])
def test_an_invitation_that_cannot_be_taken_now_is_taken_later_and_holds_nothing_up(error: Exception) -> None:
    server, waiting = Homeserver(failing={"join !far": error, "leave !evil": error}), Waiting([])
    invited = {"!far": invitation(), "!evil": invitation("@eve:evil.example"), "!near": invitation()}
    house = take(server, {"invite": invited, "join": {"!a": timeline(message("hi"))}}, waiting=waiting)
    assert (house.ids, server.joined) == (["$1"], ["!near"])
    since, again = Waiting.read(waiting.mark("s2"))
    assert since == "s2"
    del server.failing["join !far"]
    take(server, {}, {}, {}, waiting=again)
    assert server.joined == ["!near", "!far"]
    assert again.mark("s3") == "s3"


def test_an_invitation_is_no_reason_to_hide_that_our_token_is_not_taken() -> None:
    with pytest.raises(AuthFailed):
        take(Homeserver(failing={"join !a": AuthFailed("no")}), {"invite": {"!a": invitation()}})


def test_a_room_that_is_never_reached_is_given_up_in_the_end() -> None:
    server, waiting = Homeserver(failing={"join !far": Unreachable("down")}), Waiting([])
    take(server, {"invite": {"!far": invitation()}}, *({} for _ in range(3_000)), waiting=waiting)
    assert waiting.mark("s") == "s"


@given(st.lists(st.text(max_size=20), max_size=60), st.text(max_size=20).filter(lambda one: not one.startswith("{")))
def test_the_mark_keeps_where_to_go_on_and_at_most_twenty_rooms(rooms: list[str], since: str) -> None:
    waiting = Waiting([])
    for room in rooms:
        waiting.later(room)
    read, again = Waiting.read(waiting.mark(since))
    assert read == since
    assert len(again._tries) <= MOST
    assert Waiting.read(None)[0] is None


def test_nobody_but_our_listener_may_say_what_was_said_in_a_room() -> None:
    assert RECEIVER.authenticate is not None
    assert not RECEIVER.authenticate(cast("Any", None), SETTINGS, str)
