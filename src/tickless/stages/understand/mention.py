"""A stretch of a message that names a record. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tickless.domain.finding import Entity
from tickless.domain.record import Untrusted

MentionKind = Literal["person", "app", "service", "device", "group", "location", "time"]


@dataclass(frozen=True)
class Mention:
    """What is named where. `ref` only when one record is clearly meant; otherwise `candidates` holds all that fit."""

    kind: MentionKind
    start: int
    end: int
    text: str
    ref: str | None
    confidence: float
    candidates: tuple[str, ...] = ()
    tail: int = 0
    """End of a hint that belongs to it (`tom from finance`), or 0."""
    role: bool = False
    """Named by what they are to the writer (`my boss`), not by a name."""

    def entity(self) -> Entity:
        return Entity(
            kind=self.kind,
            text=Untrusted(self.text),
            ref=self.ref,
            confidence=self.confidence,
            alternatives=self.candidates if self.ref is None else (),
        )


def overlaps(one: Mention, other: Mention) -> bool:
    """They share a character."""
    return one.start < max(other.end, other.tail) and other.start < max(one.end, one.tail)
