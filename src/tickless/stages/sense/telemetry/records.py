"""What logs and traces are made of, whichever form they came in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ERROR: Final = 17
"""OTLP's severity number from which a message tells of an error."""
CLIENT, PRODUCER = 3, 4


@dataclass(frozen=True, slots=True)
class LogLine:
    """One message. `severity` is OTLP's number, 0 when the sender gives none."""

    service: str
    severity: int
    text: str


@dataclass(frozen=True, slots=True)
class Span:
    """One operation of one service. `identity` and `parent` hold trace and span; `peer` is whom it calls, if it says so."""

    service: str
    identity: bytes
    parent: bytes
    name: str
    kind: int
    seconds: float
    failed: bool
    peer: str = ""
    at: float = 0.0
    """When it ended, in seconds since 1970."""


PEER_ATTRIBUTES: Final = ("peer.service", "db.system.name", "db.system", "messaging.system")
"""Attributes that name whom a client calls, the best first."""


def peer_of(attributes: dict[str, str], kind: int) -> str:
    """Whom a span calls by its own word, if it is one that calls."""
    if kind not in (CLIENT, PRODUCER):
        return ""
    return next((attributes[name][:200] for name in PEER_ATTRIBUTES if attributes.get(name)), "")
