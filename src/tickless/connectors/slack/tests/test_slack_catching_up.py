"""What was missed and could not be read stays missed: the mark must not pass over it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import pytest

from tickless.connectors.slack.listening import Listening
from tickless.connectors.slack.missed import Mark
from tickless.sdk import Ear
from tickless.sdk.connector import Instance
from tickless.sdk.registry import load_connector, make_instance
from tickless.sdk.secrets import Secrets
from tickless.sdk.testing import Answer, Asked, serve

BEFORE = Mark("1772443680.000100", ("D1",))
WHO = {"user_id": "U0", "team_id": "T1"}


class House:
    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.noted: list[str] = []
        self.heard = 0

    async def hand_in(self, body: bytes, *, content_type: str = "", headers: Mapping[str, str] = {}) -> bool:
        self.heard += 1
        return True

    async def mark(self) -> str | None:
        return BEFORE.written()

    async def note(self, mark: str) -> None:
        self.noted.append(mark)


def caught_up(refused: str) -> House:
    """A message comes in by the socket while what was missed is looked for; `refused`: Slack's error for that."""

    def answer(asked: Asked) -> Answer:
        if refused:
            return Answer(body={"ok": False, "error": refused})
        if asked.path.endswith("users.conversations"):
            return Answer(body={"ok": True, "channels": []})
        return Answer(
            body={"ok": True, "messages": [{"type": "message", "user": "U1", "ts": "1772443681.1", "text": "hi"}]}
        )

    async def listen(house: House) -> None:
        listening = Listening(cast("Ear", house))
        listening._mark = listening._noted = BEFORE
        await listening._catch_up(BEFORE, WHO)
        event = {"type": "message", "channel": "D2", "ts": "1772443999.000100", "user": "U2", "text": "new"}
        await listening._hand_in({"payload": {"event": event}})
        await listening._note()

    with serve(answer) as server:
        secrets = Secrets({"SLACK_BOT_TOKEN": "xoxb-not-a-token", "SLACK_APP_TOKEN": "xapp-not-a-token"})
        settings = {"base_url": f"{server.url}/"}
        house = House(make_instance("slack", load_connector(Path(__file__).parents[1]), settings, secrets))
        asyncio.run(listen(house))
    return house


@pytest.mark.parametrize("refused", ["missing_scope", "invalid_auth", "some_new_error"])
def test_an_error_while_catching_up_keeps_the_mark_where_it_was(refused: str) -> None:
    assert caught_up(refused).noted == []


def test_once_everything_is_in_the_mark_goes_on() -> None:
    house = caught_up("")
    assert house.heard == 2
    assert [Mark.read(one).at for one in house.noted] == ["1772443999.000100"]
