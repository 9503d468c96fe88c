"""What Slack sends, by either way, as one thing: an event, something pressed, a form, or a slash command. Pure and total."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import parse_qs

import msgspec

from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Payload

HEARD = "x-tickless-heard"
"""A header that only our own listener sets: no door keeps it, so nobody outside can add a profile of their own."""
PROFILE = "tickless_profile"
"""Where our listener puts what Slack's directory says of who speaks."""
MEND = "hand over what Slack sent, byte for byte, with its content type"
Kind = Literal["event", "pressed", "form", "command", "nothing"]


@dataclass(frozen=True)
class Envelope:
    kind: Kind
    body: dict[str, Any]
    profile: dict[str, Any] = field(default_factory=dict)


def open_envelope(payload: Payload) -> Envelope:
    """Raises `PayloadRejected` for what Slack does not send."""
    if HEARD in payload.headers:
        outer = read_object(payload.body)
        return Envelope(_kind(part(outer, "payload")), part(outer, "payload"), part(outer, PROFILE))
    body = _read_form(payload.body) if "form" in payload.content_type else read_object(payload.body)
    return Envelope(_kind(body), body)


def _kind(body: dict[str, Any]) -> Kind:
    kind = text(body, "type")
    if kind == "event_callback":
        return "event"
    if kind == "block_actions":
        return "pressed"
    if kind == "view_submission":
        return "form"
    return "command" if text(body, "command") and not kind else "nothing"


def read_object(raw: bytes) -> dict[str, Any]:
    """A JSON object. Raises `PayloadRejected`."""
    try:
        found = msgspec.json.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise PayloadRejected(f"this is no JSON: {error}", mend=MEND) from error
    if not isinstance(found, dict):
        raise PayloadRejected("this is no JSON object", mend=MEND)
    return found


def _read_form(raw: bytes) -> dict[str, Any]:
    try:
        fields = parse_qs(raw.decode(), keep_blank_values=True, max_num_fields=100)
    except ValueError as error:
        raise PayloadRejected("this is no form", mend=MEND) from error
    if "payload" in fields:
        return read_object(fields["payload"][0].encode("utf-8", "replace"))
    return {name: values[0] for name, values in fields.items()}


def part(body: Any, *path: str) -> dict[str, Any]:
    """The object at this path; empty for none."""
    for name in path:
        body = body.get(name) if isinstance(body, dict) else None
    return body if isinstance(body, dict) else {}


def items(body: Any, name: str) -> list[dict[str, Any]]:
    """The objects of a list."""
    found = body.get(name) if isinstance(body, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def text(body: Any, *path: str) -> str:
    """The text at this path; empty for none."""
    found = part(body, *path[:-1]).get(path[-1])
    return found if isinstance(found, str) else ""


def read_json(raw: str) -> dict[str, Any]:
    """A JSON object in a button's value; empty for anything else."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
