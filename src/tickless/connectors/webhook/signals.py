"""Any document → signals, by the mapping in the settings."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from tickless.connectors.webhook.mapping import entries_of, map_entry
from tickless.connectors.webhook.settings import Settings
from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Payload
from tickless.sdk import Item, receiver

MEND = "send JSON, or a form with content type application/x-www-form-urlencoded"


@lru_cache(maxsize=8)
def _document(body: bytes, content_type: str) -> Any:
    """The body as plain values; read once for all its entries. Nobody may change what comes out."""
    try:
        if content_type.lower().startswith("application/x-www-form-urlencoded"):
            fields = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=1_000))
            return {name: _maybe_json(value) for name, value in fields.items()}
        return msgspec.json.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise PayloadRejected(f"the body cannot be read: {_short(error)}", mend=MEND) from error


def _short(error: Exception) -> str:
    return str(error)[:200].encode("utf-8", "replace").decode()


def _maybe_json(value: str) -> Any:
    """A form's field may hold a whole document (`payload=…`)."""
    if not value.startswith(("{", "[")):
        return value.encode("utf-8", "replace").decode()
    try:
        return msgspec.json.decode(value)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return value.encode("utf-8", "replace").decode()


def split(payload: Payload, settings: Settings) -> Sequence[bytes]:
    """The entries that the mapping's `items` yields, each as JSON."""
    entries = entries_of(settings.mapping, _document(payload.body, payload.content_type), payload.headers)
    if len(entries) > settings.most_items:
        raise PayloadRejected(
            f"the payload has more than {settings.most_items} entries", mend="send fewer at once, or raise `most_items`"
        )
    try:
        return [msgspec.json.encode(entry) for entry in entries]
    except (TypeError, ValueError, RecursionError) as error:
        raise PayloadRejected("the mapping of `items` yields something that is no JSON", mend=MEND) from error


def read(raw: bytes, payload: Payload, settings: Settings) -> Item:
    """One entry, by the mapping."""
    try:
        entry = msgspec.json.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise PayloadRejected(f"an entry cannot be read: {_short(error)}", mend=MEND) from error
    body = _document(payload.body, payload.content_type)
    return map_entry(settings.mapping, entry, body=body, headers=payload.headers)


RECEIVER = receiver(split=split, read=read)
