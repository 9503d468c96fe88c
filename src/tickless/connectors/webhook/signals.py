"""Any document → signals, by the mapping in the settings."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from tickless.connectors.webhook.mapping import Document, Entry, entries_of, faults_of
from tickless.connectors.webhook.settings import Settings
from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Payload
from tickless.sdk import Item, receiver
from tickless.sdk.receiving import Fault

EXPLAINED = 100
"""Entries whose problems are told."""
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


def _opened(payload: Payload) -> tuple[Any, Document]:
    return _document(payload.body, payload.content_type), _remembering(
        payload.body, payload.content_type, tuple(sorted(payload.headers.items()))
    )


@lru_cache(maxsize=8)
def _remembering(body: bytes, content_type: str, headers: tuple[tuple[str, str], ...]) -> Document:
    return Document(_document(body, content_type), dict(headers), size=len(body))


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
    entries = entries_of(settings.mapping, *_opened(payload))
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
    return Entry(settings.mapping, entry, _opened(payload)[1]).item()


def explain(payload: Payload, settings: Settings) -> Sequence[Fault]:
    """Every problem of every entry at once, for whoever writes a mapping."""
    return faults_of(settings.mapping, *_opened(payload), most=EXPLAINED)


RECEIVER = receiver(split=split, read=read, explain=explain)
