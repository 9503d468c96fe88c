"""Item → the signal as it is stored, at once: what a storm of ordinary alerts needs. Pure.

Says the same as `row_of(make_signal(...))`, which it leaves everything to that has to be shortened or cleaned.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import get_args

import msgspec

from tickless.domain.signal import Severity, SignalKind, SignalState
from tickless.journal.signal_log import SignalRow, row_of
from tickless.journal.tables import to_micros
from tickless.sdk.receiving import Item
from tickless.stages.sense.reading import SKEW, make_signal

_KINDS = frozenset(get_args(SignalKind))
_STATES = frozenset(get_args(SignalState))
_SEVERITIES = frozenset({None, *get_args(Severity)})
_SHORT = 2_000
"""Bytes of JSON up to which neither title nor link can be longer than their limit."""
_ORDINARY = 4_000
"""Bytes of JSON up to which no other text can be, but those that are looked at below."""


class _Stored(msgspec.Struct, omit_defaults=True, gc=False):
    """`domain.signal.Signal` as JSON, but for what a machine's signal never has."""

    id: str
    source: str
    event_key: str
    kind: str
    fingerprint: str
    occurred_at: dt.datetime
    received_at: dt.datetime
    title: str
    payload: str
    state: str = "info"
    severity: str | None = None
    body: str = ""
    labels: dict[str, str] | None = None
    link: str | None = None


_encode = msgspec.json.Encoder().encode


def _fits(item: Item, size: int) -> bool:
    return size <= _ORDINARY and len(item.title) <= 2_000 and len(item.link or "") <= 2_000


@dataclass(frozen=True)
class Arrival:
    """Where and when a payload came in, for all of its items."""

    source: str
    at: dt.datetime
    payload: str

    @cached_property
    def micros(self) -> int:
        return to_micros(self.at)


@lru_cache(maxsize=4_096)
def _written(moment: dt.datetime) -> tuple[str, int]:
    """As text and in microseconds. Alerts of one evaluation begin at one time."""
    return moment.isoformat(), to_micros(moment)


def make_row(item: Item, *, identity: str, arrival: Arrival) -> SignalRow:
    """The row of an item."""
    return _ordinary(item, identity, arrival) or row_of(
        make_signal(item, identity=identity, source=arrival.source, received_at=arrival.at, payload=arrival.payload)
    )


def _ordinary(item: Item, identity: str, arrival: Arrival) -> SignalRow | None:
    """The row, or None when something about the item asks for care."""
    occurred = item.occurred_at or arrival.at
    if occurred.tzinfo is not dt.UTC:
        occurred = occurred.astimezone(dt.UTC)
    if occurred > arrival.at:
        occurred = min(occurred, arrival.at + SKEW)
    occurred_text, occurred_micros = _written(occurred)
    fingerprint, labels = item.fingerprint, item.labels
    event_key = item.event_key or f"{occurred_text}:{fingerprint}:{item.state}"
    if (
        len(fingerprint) > 200
        or len(event_key) > 300
        or (labels and max(map(len, labels)) > 200)
        or item.kind not in _KINDS
        or item.state not in _STATES
        or item.severity not in _SEVERITIES
    ):
        return None
    stored = _Stored(
        id=identity, source=arrival.source, event_key=event_key, kind=item.kind, fingerprint=fingerprint,
        occurred_at=occurred, received_at=arrival.at, title=item.title, payload=arrival.payload, state=item.state,
        severity=item.severity, body=item.body, labels=labels or None, link=item.link or None,
    )  # fmt: skip
    try:
        body = _encode(stored)
    except UnicodeEncodeError:  # half of a surrogate pair
        return None
    if b"\\u0000" in body or (len(body) > _SHORT and not _fits(item, len(body))):
        return None
    return SignalRow(
        identity, arrival.source, event_key, item.kind, item.state, fingerprint,
        occurred_micros, arrival.micros, body.decode(),
    )  # fmt: skip
