"""Applies a mapping to a document: pure, and every failure names the field, the expression and a mend."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping as MappingType
from dataclasses import dataclass
from typing import Any

import msgspec

from tickless.connectors.webhook.settings import Mapping
from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Severity, SignalState
from tickless.kit.expressions import ExpressionError, compile_expression
from tickless.sdk import Item
from tickless.sdk.receiving import read_time

_STATES: dict[str, SignalState] = {
    "firing": "firing", "alerting": "firing", "problem": "firing", "open": "firing", "triggered": "firing",
    "resolved": "resolved", "ok": "resolved", "recovery": "resolved", "recovered": "resolved", "closed": "resolved",
    "info": "info",
}  # fmt: skip
_SEVERITIES: dict[str, Severity] = {
    "critical": "critical", "disaster": "critical", "fatal": "critical", "p1": "critical",
    "error": "error", "high": "error", "major": "error", "p2": "error",
    "warning": "warning", "warn": "warning", "average": "warning", "minor": "warning", "p3": "warning",
    "info": "info", "information": "info", "low": "info", "p4": "info", "p5": "info",
}  # fmt: skip


@dataclass(frozen=True)
class Tried:
    """What a mapping makes of a sample: the items that came out, and what went wrong, one line each with its mend."""

    items: tuple[Item, ...]
    problems: tuple[str, ...]


def try_mapping(mapping: Mapping, sample: Any, headers: MappingType[str, str] | None = None) -> Tried:
    """Try a mapping on a decoded sample document, for an editor. Raises nothing; shows every problem at once."""
    items: list[Item] = []
    problems: list[str] = []
    try:
        entries = entries_of(mapping, sample, dict(headers or {}))
    except PayloadRejected as refused:
        return Tried((), (_line(refused),))
    for entry in entries:
        try:
            items.append(map_entry(mapping, entry, body=sample, headers=dict(headers or {})))
        except PayloadRejected as refused:
            problems.append(_line(refused))
    return Tried(tuple(items), tuple(dict.fromkeys(problems)))


def _line(refused: PayloadRejected) -> str:
    return f"{refused.public}: {refused.mend}"


def entries_of(mapping: Mapping, body: Any, headers: MappingType[str, str]) -> list[Any]:
    """The entries that `items` yields. Raises `PayloadRejected`."""
    entries = _evaluate("items", mapping.items, {"body": body, "headers": headers, "item": body})
    if not isinstance(entries, list):
        raise PayloadRejected("the mapping of `items` yields no list", mend="write [body], or the path of a list")
    return entries


def map_entry(mapping: Mapping, entry: Any, *, body: Any, headers: MappingType[str, str]) -> Item:
    """One entry → one item. Raises `PayloadRejected` that names the first field that fails."""
    variables = {"body": body, "item": entry, "headers": headers}

    def text(field: str, source: str | None) -> str:
        return "" if source is None else _text(field, _evaluate(field, source, variables))

    fingerprint = text("fingerprint", mapping.fingerprint)
    if not fingerprint:
        raise PayloadRejected(
            "the mapping of `fingerprint` yields nothing",
            mend="build it from fields that every event of this sender has",
        )
    return Item(
        fingerprint=fingerprint,
        title=text("title", mapping.title) or fingerprint,
        kind=mapping.kind,
        state=_state(_evaluate("state", mapping.state, variables)),
        event_key=text("event_key", mapping.event_key),
        severity=_SEVERITIES.get(text("severity", mapping.severity).lower()),
        body=text("body", mapping.body),
        labels={name: text(f"labels.{name}", source) for name, source in mapping.labels.items()},
        link=text("link", mapping.link) or None,
        occurred_at=_time(_evaluate("occurred_at", mapping.occurred_at, variables)) if mapping.occurred_at else None,
    )


def _evaluate(field: str, source: str, variables: MappingType[str, Any]) -> Any:
    try:
        return compile_expression(source).evaluate(variables)
    except ExpressionError as error:
        raise PayloadRejected(
            f"the mapping of `{field}` fails: {_plain(str(error))}",
            mend=f"compare `{source[:120]}` with what the sender sends; guard optional fields with has(…) ? … : …",
        ) from error


def _plain(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _text(field: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return _plain(value)
    if isinstance(value, (dt.datetime, dt.timedelta, bytes)):
        return str(value)
    try:
        return msgspec.json.encode(value).decode()
    except (TypeError, ValueError, RecursionError) as error:
        raise PayloadRejected(f"the mapping of `{field}` yields no text", mend="wrap it in string(…)") from error


def _state(value: Any) -> SignalState:
    if isinstance(value, bool):
        return "firing" if value else "resolved"
    state = _STATES.get(str(value).strip().lower()) if isinstance(value, str) else None
    if state is None:
        raise PayloadRejected(
            "the mapping of `state` yields neither firing, resolved nor info",
            mend="translate it, such as: item.status == 'up' ? 'resolved' : 'firing'",
        )
    return state


def _time(value: Any) -> dt.datetime | None:
    moment = read_time(value)
    if moment is None and value not in (None, ""):
        raise PayloadRejected(
            "the mapping of `occurred_at` yields no time", mend="yield RFC 3339 text, or seconds since 1970"
        )
    return moment
