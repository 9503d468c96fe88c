"""What was written in direct conversations while nobody listened, as Slack would have sent it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from tickless.connectors.slack.client import SlackClient
from tickless.connectors.slack.envelope import read_json, text
from tickless.domain.errors import OutsideError, RateLimited

OVERLAP = 60.0
"""Seconds before the mark that are read again: Slack's stamps and its order of sending differ a little."""
MOST_RECENT = 100
MOST_MESSAGES = 200


@dataclass(frozen=True)
class Mark:
    """The newest stamp that was handed in, and the direct conversations that were spoken in last, newest first."""

    at: str = ""
    recent: tuple[str, ...] = ()

    @classmethod
    def read(cls, written: str | None) -> Mark:
        found = read_json(written or "{}")
        recent = found.get("recent")
        return cls(text(found, "at"), tuple(map(str, recent)) if isinstance(recent, list) else ())

    def written(self) -> str:
        return json.dumps({"at": self.at, "recent": list(self.recent)})

    def after(self, channel: str, stamp: str) -> Mark:
        """With a message that was handed in."""
        recent = self.recent
        if channel.startswith("D") and recent[:1] != (channel,):
            recent = (channel, *(one for one in recent if one != channel))[:MOST_RECENT]
        return Mark(stamp if _number(stamp) > _number(self.at) else self.at, recent)


def _number(stamp: str) -> float:
    try:
        return float(stamp)
    except ValueError:
        return 0.0


async def missed(client: SlackClient, mark: Mark, who: dict[str, Any], *, most: int) -> AsyncIterator[dict[str, Any]]:
    """Envelopes, conversation by conversation, oldest first. Raises errors of the house; waits when asked to slow down."""
    since = f"{max(_number(mark.at) - OVERLAP, 0.0):.6f}"
    others = await _patiently(client, "users.conversations", "channels", most=most, types="im", exclude_archived=True)
    channels = dict.fromkeys([*mark.recent, *(text(one, "id") for one in others)])
    for channel in [one for one in channels if one][:most]:
        try:
            found = await _patiently(
                client, "conversations.history", "messages", most=MOST_MESSAGES, channel=channel, oldest=since
            )
        except OutsideError as error:
            if error.code == "rejected":  # one conversation that is gone
                continue
            raise
        for message in reversed(found):
            if not message.get("bot_id") and text(message, "user") != text(who, "user_id"):
                yield _envelope({**message, "channel": channel, "channel_type": "im"}, who)


async def _patiently(client: SlackClient, method: str, name: str, *, most: int, **given: Any) -> list[dict[str, Any]]:
    while True:
        try:
            return await asyncio.to_thread(lambda: list(client.pages(method, name, most=most, **given)))
        except RateLimited as error:
            await asyncio.sleep(error.retry.seconds)


def _envelope(event: dict[str, Any], who: dict[str, Any]) -> dict[str, Any]:
    authorizations = [{"user_id": text(who, "user_id"), "is_bot": True}]
    return {
        "type": "events_api",
        "payload": {
            "type": "event_callback",
            "team_id": text(who, "team_id"),
            "authorizations": authorizations,
            "event": {"type": "message", **event},
        },
    }
