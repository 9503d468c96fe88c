"""What people put right: alerts of two kinds belong together, or do not. A small pure value that grouping and the rules heed.

Whoever makes corrections weighs them (how many people, how long ago, tried against the past); here they only count. A weight is
a logarithm of odds, like every other reason: people may outweigh the map and words, within `CAP`, and never out of reach of
what shows later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

CAP = 6.0
"""What people may say at most (logarithm of the odds): 400 to 1."""
RULING = 2.0
"""Weight from which the rules heed it, too: an older or weaker correction only shifts grouping."""
ANY = "*"
"""Stands for every class of alert, or for every service, on one side of a correction."""


class AlarmKind(NamedTuple):
    """What sort of alert: its class, and the service that it is about (`""`: nobody knows)."""

    need: str
    service: str


@dataclass(frozen=True)
class Correction:
    """Alerts of `one` and alerts of `other` must join, or must part. `weight` > 0: how much that counts. `words`: who says so
    and when, in a sentence that can be shown. The order of the two sides says nothing."""

    verdict: Literal["join", "part"]
    one: AlarmKind
    other: AlarmKind
    weight: float
    words: str

    @property
    def signed(self) -> float:
        """What it adds to the odds of belonging together."""
        capped = min(max(self.weight, 0.0), CAP)
        return capped if self.verdict == "join" else -capped


@dataclass(frozen=True)
class Corrections:
    """All corrections of a tenant that are in force. Of several on the same pair, the later given counts."""

    given: tuple[Correction, ...] = ()
    _by_pair: dict[tuple[AlarmKind, AlarmKind], Correction] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_pair = {pair: one for one in self.given for pair in ((one.one, one.other), (one.other, one.one))}
        object.__setattr__(self, "_by_pair", by_pair)

    def __bool__(self) -> bool:
        return bool(self.given)

    def between(self, one: AlarmKind, other: AlarmKind) -> Correction | None:
        """What people said of these two kinds; the more exact saying wins over one with `ANY`."""
        if not self._by_pair:
            return None
        pairs = ((mine, theirs) for mine in _forms(one) for theirs in _forms(other))
        return next((found for pair in pairs if (found := self._by_pair.get(pair)) is not None), None)

    def strongest(self, one: AlarmKind, others: Iterable[AlarmKind]) -> Correction | None:
        """What weighs most of what people said of a kind and any of several others; parting wins a draw."""
        if not self._by_pair:
            return None
        found = (said for other in others if (said := self.between(one, other)) is not None)
        return max(found, key=lambda said: (abs(said.signed), said.verdict == "part"), default=None)


def _forms(kind: AlarmKind) -> Iterator[AlarmKind]:
    """A kind and what stands for it, the most exact first."""
    yield kind
    yield AlarmKind(ANY, kind.service)
    yield AlarmKind(kind.need, ANY)


NONE = Corrections()
