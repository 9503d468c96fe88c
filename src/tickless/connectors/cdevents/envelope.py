"""Where the event is: the body itself, or the data of a CloudEvent (CDEvents' `cloudevents-binding.md`). Pure."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from tickless.domain.errors import PayloadRejected

MEND = "send a CDEvent with context and subject, by itself or as the data of a CloudEvent"
_TYPE = re.compile(r"dev\.cdevents\.([a-z0-9-]+)\.([a-z0-9-]+)(?:\.(\d+\.\d+\.\d+.*))?")


@dataclass(frozen=True)
class Event:
    """A CDEvent: `subject` and `predicate` of its type, such as `service` and `deployed`."""

    subject: str
    predicate: str
    context: Mapping[str, Any]
    about: Mapping[str, Any]
    """The object `subject`."""
    content: Mapping[str, Any]
    custom: Any

    @property
    def identity(self) -> str:
        """Unique by source and id, as a CloudEvent is."""
        return f"{text_of(self.context.get('source'))} {text_of(self.context.get('id'))}"

    @property
    def about_id(self) -> str:
        return text_of(self.about.get("id"))


def event_of(raw: bytes) -> Event:
    """Raises `PayloadRejected` for what is no CDEvent."""
    fields = _object(_json(raw))
    if "context" not in fields and ("data" in fields or "data_base64" in fields):
        fields = _object(_data(fields))
    context, about = fields.get("context"), fields.get("subject")
    if not isinstance(context, dict) or not isinstance(about, dict):
        raise PayloadRejected("the event has no context or no subject", mend=MEND)
    missing = [name for name in ("id", "source", "type") if not text_of(context.get(name))]
    missing += [] if text_of(about.get("id")) else ["subject.id"]
    if missing:
        raise PayloadRejected(f"the event lacks {', '.join(missing)}", mend=MEND)
    kind = _TYPE.fullmatch(text_of(context["type"]).lower())
    if kind is None:
        raise PayloadRejected(
            "the type is none of CDEvents'", mend="send types such as dev.cdevents.service.deployed.0.3.0"
        )
    content = about.get("content")
    return Event(
        kind[1], kind[2], context, about, content if isinstance(content, dict) else {}, fields.get("customData")
    )


def _data(fields: Mapping[str, Any]) -> Any:
    encoded = fields.get("data_base64")
    if fields.get("data") is None and isinstance(encoded, str):
        try:
            return _json(base64.b64decode(encoded, validate=True))
        except (binascii.Error, ValueError) as error:
            raise PayloadRejected("data_base64 is not base64", mend=MEND) from error
    return fields.get("data")


def _json(raw: bytes) -> Any:
    try:
        return msgspec.json.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        reason = str(error)[:200].encode("utf-8", "replace").decode()
        raise PayloadRejected(f"the event is no JSON: {reason}", mend=MEND) from error


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise PayloadRejected("an event is a JSON object", mend=MEND)
    return value


def text_of(value: Any) -> str:
    """A plain value as text; anything nested as JSON; nothing as nothing."""
    if value is None:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
