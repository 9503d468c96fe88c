"""What we hand in and read back: one event of a room with what has to be known around it. Pure."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from tickless.connectors.matrix.settings import Settings

BUTTONS = "org.tickless.buttons"
"""Field of our own messages: reaction → what it means. Read back only from events that we sent ourselves."""
VARIANT = "\ufe0f"


class Room(msgspec.Struct, frozen=True):
    """Where it was said. `direct`: the two of us, and nobody else can come in or read it by themselves."""

    id: str
    direct: bool = False


class Heard(msgspec.Struct, frozen=True):
    """A handed-in event. `about`: the content of our own message that a reaction is on."""

    event: dict[str, Any]
    room: Room
    name: str = ""
    about: dict[str, Any] = {}


def text_of(value: Any, limit: int = 500) -> str:
    """The text, if it is one, fit to be stored."""
    return value.encode("utf-8", "replace").decode()[:limit] if isinstance(value, str) else ""


def part_of(value: Any, name: str) -> dict[str, Any]:
    """The mapping of that name in a mapping; empty where there is none."""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def relation(event: dict[str, Any]) -> tuple[str, str, str]:
    """(kind of relation, event it relates to, key of a reaction)."""
    found = part_of(event.get("content"), "m.relates_to")
    return text_of(found.get("rel_type")), text_of(found.get("event_id")), text_of(found.get("key"), 40)


def is_message(event: dict[str, Any], *, me: str) -> bool:
    """Something that a person says: not our own, no edit, nothing redacted, no state."""
    content = event.get("content")
    return (
        event.get("type") == "m.room.message"
        and event.get("sender") != me
        and isinstance(content, dict)
        and bool(content.get("msgtype"))
        and "state_key" not in event
        and relation(event)[0] != "m.replace"
    )


def is_reaction(event: dict[str, Any], *, me: str) -> bool:
    return event.get("type") == "m.reaction" and event.get("sender") != me and relation(event)[0] == "m.annotation"


def names_us(event: dict[str, Any], settings: Settings) -> bool:
    """Whether a message is addressed to us (intentional mentions, a link to us, or our name in front)."""
    content = part_of(event, "content")
    users = part_of(content, "m.mentions").get("user_ids")
    if isinstance(users, list) and settings.user_id in users:
        return True
    if settings.user_id in text_of(content.get("formatted_body"), 20_000):
        return True
    return bool(_address(settings).match(text_of(content.get("body"), 1_000)))


def _address(settings: Settings) -> re.Pattern[str]:
    """Our name in front. A name may be a word (`@help:…`), so that alone it counts only with `@` before or `:`, `,` behind."""
    full, local = re.escape(settings.user_id), re.escape(settings.user_id[1:].partition(":")[0])
    end = r"(?![\w=/+-]|\.\w|:[\w-])"
    return re.compile(
        rf"^\s*+(?:{full}(?![\w-]|\.\w)\s*+[:,]?|@{local}{end}\s*+[:,]?|{local}\s*+[:,])\s*+", re.IGNORECASE
    )


def words_of(event: dict[str, Any], settings: Settings, *, direct: bool) -> str:
    """The words of a message without the quoted one that it answers, and without our name in front where others read it."""
    content = part_of(event, "content")
    body = text_of(content.get("body"), 60_000)
    if part_of(part_of(content, "m.relates_to"), "m.in_reply_to"):
        lines = body.split("\n")
        while lines and lines[0].startswith("> "):
            lines = lines[1:]
        body = "\n".join(lines)
    return body.strip() if direct else _address(settings).sub("", body, count=1).strip()


def bare(key: str) -> str:
    """A reaction without the sign that only says how it is drawn."""
    return key.replace(VARIANT, "")
