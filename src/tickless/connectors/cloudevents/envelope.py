"""The three ways an event travels (cloudevents/spec, HTTP binding 1.0.2) → its attributes and data."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import msgspec

from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Payload

REQUIRED = ("id", "source", "specversion", "type")
MEND = "send CloudEvents 1.0: structured (application/cloudevents+json), batched, or binary with ce-* headers"


@dataclass(frozen=True)
class Event:
    """An event whose required attributes are there. `attributes` holds all but the data, as text."""

    attributes: Mapping[str, str]
    data: Any


def mode_of(payload: Payload) -> str:
    """`batch`, `structured` or `binary`. Raises `PayloadRejected` for anything else."""
    content_type = payload.content_type.lower()
    if content_type.startswith("application/cloudevents-batch"):
        return "batch"
    if content_type.startswith("application/cloudevents"):
        return "structured"
    if "ce-specversion" in payload.headers:
        return "binary"
    start = payload.body.lstrip()[:1]
    if content_type.startswith("application/json") and start in {b"{", b"["}:
        return "structured" if start == b"{" else "batch"
    raise PayloadRejected("this is no CloudEvent", mend=MEND)


def from_binary(payload: Payload) -> Event:
    """Attributes from `ce-*` headers (percent-decoded), data from the body."""
    attributes = {name[3:]: unquote(value) for name, value in payload.headers.items() if name.startswith("ce-")}
    if payload.content_type:
        attributes.setdefault("datacontenttype", payload.content_type)
    return Event(_checked(attributes), _data_of(payload.body, attributes.get("datacontenttype", "")))


def from_structured(raw: bytes) -> Event:
    """Attributes and data from one JSON object."""
    fields = decode(raw, "an event")
    if not isinstance(fields, dict):
        raise PayloadRejected("an event is a JSON object", mend=MEND)
    data = fields.pop("data", None)
    encoded = fields.pop("data_base64", None)
    if data is None and isinstance(encoded, str):
        data = _data_of(_from_base64(encoded), _text(fields.get("datacontenttype") or ""))
    return Event(_checked({name: _text(value) for name, value in fields.items() if value is not None}), data)


def _checked(attributes: dict[str, str]) -> dict[str, str]:
    missing = [name for name in REQUIRED if not attributes.get(name)]
    if missing:
        raise PayloadRejected(
            f"the event lacks {', '.join(missing)}", mend=f"every event carries {', '.join(REQUIRED)}"
        )
    if attributes["specversion"] != "1.0":
        raise PayloadRejected("only CloudEvents 1.0 is understood", mend='send specversion "1.0"')
    return attributes


def _from_base64(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise PayloadRejected("data_base64 is not base64", mend="encode the data, or send it as `data`") from error


def _data_of(raw: bytes, content_type: str) -> Any:
    """Bytes that are JSON by their type as plain values, text as text; of anything else only its size."""
    if "json" in content_type.lower() and raw.strip():
        return decode(raw, "the data")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return f"{len(raw):,} bytes of {content_type or 'something that is no text'}"


def decode(raw: bytes, what: str) -> Any:
    """JSON → plain values. Raises `PayloadRejected` that names what it was."""
    try:
        return msgspec.json.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise PayloadRejected(f"{what} cannot be read as JSON: {error}", mend=MEND) from error


def _text(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
