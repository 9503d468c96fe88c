"""A signal as it is stored."""

from __future__ import annotations

from typing import NamedTuple


class SignalRow(NamedTuple):
    """Texts within their columns' lengths and without NUL, times in microseconds since 1970, `body` the signal as JSON."""

    id: str
    source: str
    event_key: str
    kind: str
    state: str
    fingerprint: str
    occurred_at: int
    received_at: int
    body: str
