"""Applies a mapping to a document: pure, and every failure names the field, the expression and a mend."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from collections.abc import Mapping as MappingType
from functools import partial
from typing import Any

import msgspec

from tickless.connectors.webhook.settings import Mapping
from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Severity, SignalState
from tickless.kit.expressions import ExpressionError, compile_expression
from tickless.sdk import Item
from tickless.sdk.receiving import Fault, read_time

MOST_LABELS = 200
MOST_WORK = 20_000_000
"""Bytes of documents that expressions over both an entry and its document may be handed: some seconds of work."""
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
_GUARD = "compare `{0}` with what the sender sends; guard optional fields with has(…) ? … : …"


class Document:
    """A document, its request's headers, and what expressions over them alone have yielded: those are the same for every
    entry, and handing a large document to an expression costs more than all the rest."""

    def __init__(self, body: Any, headers: MappingType[str, str], *, size: int = 0) -> None:
        self.size = size
        """Bytes as it came."""
        self._whole = {"body": body, "headers": headers}
        self._known: dict[str, Any] = {}

    def evaluate(self, field: str, source: str, entry: Any) -> Any:
        """What an expression yields for an entry. Raises `PayloadRejected` that names the field."""
        if "item" not in source:
            if source not in self._known:
                self._known[source] = evaluate(field, source, self._whole)
            return self._known[source]
        used = {name: value for name, value in self._whole.items() if name in source}
        return evaluate(field, source, {**used, "item": entry})


class Entry:
    """One entry of a document under a mapping; each field is read when it is asked for. Raises `PayloadRejected`."""

    def __init__(self, mapping: Mapping, entry: Any, document: Document) -> None:
        self._mapping = mapping
        self._entry = entry
        self._document = document

    def _evaluate(self, field: str, source: str) -> Any:
        return self._document.evaluate(field, source, self._entry)

    def item(self) -> Item:
        """The first field that fails refuses it."""
        fingerprint = self.fingerprint()
        return Item(
            fingerprint=fingerprint,
            title=self.text("title") or fingerprint,
            kind=self._mapping.kind,
            state=self.state(),
            event_key=self.text("event_key"),
            severity=_SEVERITIES.get(self.text("severity").strip().lower()),
            body=self.text("body"),
            labels=self.labels(),
            link=self.text("link") or None,
            occurred_at=self.time(),
        )

    def faults(self, number: int) -> Iterator[Fault]:
        """Everything that is wrong with it, and what is only odd."""
        for name, read in self._readers():
            try:
                value = read()
            except PayloadRejected as refused:
                yield Fault(number, name, self._source(name), refused.public, refused.mend)
                continue
            if name == "severity" and value and value.strip().lower() not in _SEVERITIES:
                yield Fault(
                    number, name, self._source(name), f"{value[:60]!r} is no severity: it will have none",
                    "translate it, such as: item.prio == 1 ? 'critical' : 'warning'", serious=False,
                )  # fmt: skip

    def _readers(self) -> Iterator[tuple[str, Callable[[], Any]]]:
        yield "fingerprint", self.fingerprint
        yield "state", self.state
        yield "occurred_at", self.time
        for name in ("title", "event_key", "severity", "body", "link"):
            yield name, partial(self.text, name)
        for label in self._mapping.labels:
            yield f"labels.{label}", partial(self._label, label)
        yield "labels_from", self._found_labels

    def _source(self, name: str) -> str:
        field, _, label = name.partition(".")
        return str(self._mapping.labels.get(label, "") if label else getattr(self._mapping, field) or "")

    def wanted(self) -> bool:
        """Whether it becomes anything."""
        if self._mapping.when is None:
            return True
        found = self._evaluate("when", self._mapping.when)
        if not isinstance(found, bool):
            raise PayloadRejected("the mapping of `when` is neither true nor false", mend="compare something with it")
        return found

    def fingerprint(self) -> str:
        found = self.text("fingerprint")
        if not found:
            raise PayloadRejected(
                "the mapping of `fingerprint` yields nothing",
                mend="build it from fields that every event of this sender has",
            )
        return found

    def text(self, name: str) -> str:
        source = getattr(self._mapping, name)
        return "" if source is None else _text(name, self._evaluate(name, source))

    def state(self) -> SignalState:
        value = self._evaluate("state", self._mapping.state)
        if isinstance(value, bool):
            return "firing" if value else "resolved"
        state = _STATES.get(value.strip().lower()) if isinstance(value, str) else None
        if state is None:
            raise PayloadRejected(
                "the mapping of `state` yields neither firing, resolved nor info",
                mend="translate it, such as: item.status == 'up' ? 'resolved' : 'firing'",
            )
        return state

    def time(self) -> dt.datetime | None:
        if self._mapping.occurred_at is None:
            return None
        value = self._evaluate("occurred_at", self._mapping.occurred_at)
        moment = read_time(value)
        if moment is None and value not in (None, ""):
            raise PayloadRejected(
                "the mapping of `occurred_at` yields no time", mend="yield RFC 3339 text, or seconds since 1970"
            )
        return moment

    def labels(self) -> dict[str, str]:
        return {**self._found_labels(), **{name: self._label(name) for name in self._mapping.labels}}

    def _label(self, name: str) -> str:
        return _text(f"labels.{name}", self._evaluate(f"labels.{name}", self._mapping.labels[name]))

    def _found_labels(self) -> dict[str, str]:
        source = self._mapping.labels_from
        found = {} if source is None else self._evaluate("labels_from", source)
        if found is None:
            return {}
        if not isinstance(found, dict) or len(found) > MOST_LABELS:
            raise PayloadRejected(
                f"the mapping of `labels_from` yields no object of at most {MOST_LABELS} fields",
                mend="write the path of an object, such as item.tags",
            )
        return {_plain(str(name)): _text("labels_from", value) for name, value in found.items()}


def entries_of(mapping: Mapping, body: Any, document: Document) -> list[Any]:
    """The entries that `items` yields and `when` wants. Raises `PayloadRejected`."""
    entries = document.evaluate("items", mapping.items, body)
    if not isinstance(entries, list):
        raise PayloadRejected("the mapping of `items` yields no list", mend="write [body], or the path of a list")
    heavy = sum("item" in source and "body" in source for source in _sources(mapping))
    if heavy * len(entries) * document.size > MOST_WORK:
        raise PayloadRejected(
            "the mapping hands the whole document to an expression for each of its many entries",
            mend="write expressions over `item` alone or over `body` alone, or send fewer entries at once",
        )
    if mapping.when is None:
        return entries
    return [entry for entry in entries if Entry(mapping, entry, document).wanted()]


def _sources(mapping: Mapping) -> Iterator[str]:
    for name in Mapping.model_fields:
        value = getattr(mapping, name)
        if name not in {"items", "kind", "labels"} and value is not None:
            yield value
    yield from mapping.labels.values()


def faults_of(mapping: Mapping, body: Any, document: Document, *, most: int) -> list[Fault]:
    """Everything that is wrong with a document under a mapping, of the first `most` entries."""
    try:
        entries = entries_of(mapping, body, document)
    except PayloadRejected as refused:
        name = "when" if "`when`" in refused.public else "items"
        return [Fault(0, name, str(getattr(mapping, name)), refused.public, refused.mend)]
    return [
        fault
        for number, entry in enumerate(entries[:most], 1)
        for fault in Entry(mapping, entry, document).faults(number)
    ]


def evaluate(field: str, source: str, variables: MappingType[str, Any]) -> Any:
    """What an expression yields. Raises `PayloadRejected` that names the field."""
    try:
        return compile_expression(source).evaluate(variables)
    except ExpressionError as error:
        raise PayloadRejected(
            f"the mapping of `{field}` fails: {_plain(str(error))}", mend=_GUARD.format(source[:120])
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
