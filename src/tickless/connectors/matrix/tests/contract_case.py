"""Matrix operations over a small homeserver; `tests/lane/test_lane_matrix.py` has the real one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote

from tickless.sdk.testing import Answer, Asked, ContractCase, World, http_faults, serve

SECRETS = {"MATRIX_TOKEN": "syt_matrix-token-4Kq7-very-secret"}
ME = "@tickless:larkmoor.example"


def world_at(url: str) -> World:
    return World({"homeserver": url, "user_id": ME, "access_token": "env:MATRIX_TOKEN"}, SECRETS)


@contextmanager
def serving() -> Iterator[World]:
    events: dict[str, dict[str, Any]] = {
        "$before": {"sender": ME, "type": "m.room.message", "content": {"body": "old"}}
    }
    transactions: dict[str, str] = {}
    direct: dict[str, list[str]] = {}

    def answer(asked: Asked) -> Answer:
        if asked.headers.get("authorization") != f"Bearer {SECRETS['MATRIX_TOKEN']}":
            return Answer(401, {"errcode": "M_UNKNOWN_TOKEN"})
        parts = [unquote(part) for part in asked.path.split("/")]
        if "send" in parts:
            identity = transactions.setdefault(asked.path, f"${len(transactions)}")
            events[identity] = {"sender": ME, "type": parts[-2], "content": asked.json()}
            return Answer(body={"event_id": identity})
        if parts[-1] == "m.direct":
            if asked.method == "PUT":
                direct.update(asked.json())
            return Answer(body=direct) if direct else Answer(404, {"errcode": "M_NOT_FOUND"})
        if parts[-1] == "createRoom":
            return Answer(body={"room_id": "!new:larkmoor.example"})
        if parts[-1] == "joined_members" and "!all:larkmoor.example" in parts:
            return Answer(body={"joined": {ME: {}, "@ida:larkmoor.example": {}, "@bo:larkmoor.example": {}}})
        if parts[-1] == "joined_members":
            return Answer(body={"joined": {ME: {}, "@ida:larkmoor.example": {"display_name": "Ida"}}})
        if "event" in parts:
            return Answer(body=events[parts[-1]])
        return Answer(body={"user_id": ME}) if parts[-1] == "whoami" else Answer(404, {"errcode": "M_NOT_FOUND"})

    with serve(answer) as server:
        world = world_at(server.url)
        yield World(world.settings, world.secrets, lambda: {key: str(value) for key, value in events.items()})


ROOM = {"room": "!dm:larkmoor.example"}
CHOICES = {"kind": "choices", "question": "que_1", "options": ["LM-1", "LM-2"]}
ANSWER = {"address": {**ROOM, "user": "@ida:larkmoor.example"}, "text": "Which one?", "card": CHOICES, "private": True}
OVER = {"address": ROOM, "external": "$before", "text": "Which one?", "card": CHOICES, "note": "Answered"}
FAULTS = http_faults(world_at)
CASES = [
    ContractCase("me", serving, expect={"user_id": ME}, faults=FAULTS),
    ContractCase(
        "event",
        serving,
        {**ROOM, "event": "$before"},
        expect={"sender": ME, "text": "old"},
        faults=http_faults(world_at),
    ),
    ContractCase("post", serving, ANSWER, changes=True, faults=FAULTS),
    ContractCase(
        "post", serving, {**ANSWER, "address": {"direct": "@ida:larkmoor.example"}}, changes=True, name="aside"
    ),
    ContractCase("update", serving, OVER, changes=True, expect={"external": "$before"}, faults=FAULTS),
]
