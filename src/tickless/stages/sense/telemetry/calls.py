"""Who calls whom, learnt from spans: edges and operations with counts, failures and latency. Bounded memory.

Two services export their ends of a call apart, so spans are remembered for a while, and those whose parent is not here yet wait
for it.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, TypeVar

from tickless.stages.sense.telemetry.records import Span
from tickless.stages.sense.telemetry.red import Red

_T = TypeVar("_T")
MOST_EDGES: Final = 5_000
MOST_OPERATIONS: Final = 5_000
MOST_SPANS: Final = 50_000
MOST_WAITING: Final = 10_000
MOST_CHILDREN: Final = 8
_STEPS: Final = 4
"""Latency classes in a doubling."""
_CLASSES: Final = 96
_SHORTEST: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Call:
    """`caller` calls `callee`: how often it was seen, how often it failed, its median latency in seconds, when last."""

    caller: str
    callee: str
    count: int
    errors: int
    p50: float
    last_seen: float


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of a service: the same of it, with the latency that one in twenty exceeds."""

    service: str
    name: str
    count: int
    errors: int
    p50: float
    p95: float
    last_seen: float


@dataclass(slots=True)
class _Tally:
    count: int = 0
    errors: int = 0
    last_seen: float = 0.0
    classes: dict[int, int] = field(default_factory=dict)

    def add(self, span: Span) -> None:
        self.count += 1
        self.errors += span.failed
        self.last_seen = max(self.last_seen, span.at)
        steps = int(_STEPS * math.log2(max(span.seconds, _SHORTEST) / _SHORTEST))
        one = min(_CLASSES, steps)
        self.classes[one] = self.classes.get(one, 0) + 1

    def quantile(self, share: float) -> float:
        """In seconds; the middle of its class."""
        left = share * sum(self.classes.values())
        for one in sorted(self.classes):
            left -= self.classes[one]
            if left <= 0:
                return float(_SHORTEST * 2 ** ((one + 0.5) / _STEPS))
        return 0.0


class Calls:
    """Edges and operations of one house. Not safe between threads."""

    def __init__(self) -> None:
        self._edges: OrderedDict[tuple[str, str], _Tally] = OrderedDict()
        self._operations: OrderedDict[tuple[str, str], _Tally] = OrderedDict()
        self._services: OrderedDict[bytes, str] = OrderedDict()
        """Span → its service."""
        self.red = Red()
        self._waiting: OrderedDict[bytes, list[Span]] = OrderedDict()
        """Parent that is not here yet → its children."""

    def take(self, spans: Iterable[Span]) -> None:
        """Take spans in, in any order."""
        for span in spans:
            if not span.identity:
                continue
            _tally(self._operations, (span.service, span.name), most=MOST_OPERATIONS).add(span)
            self.red.entered(span)
            _keep(self._services, span.identity, span.service, most=MOST_SPANS)
            for child in self._waiting.pop(span.identity, ()):
                self._call(span.service, child.service, child)
            if span.peer and span.peer != span.service:
                self._call(span.service, span.peer, span)
            if not span.parent:
                continue
            caller = self._services.get(span.parent)
            if caller is not None:
                self._call(caller, span.service, span)
            else:
                siblings = self._waiting.get(span.parent, [])[: MOST_CHILDREN - 1]
                _keep(self._waiting, span.parent, [*siblings, span], most=MOST_WAITING)

    def calls(self) -> list[Call]:
        """Every edge between different services, the one seen least lately first."""
        return [
            Call(caller, callee, one.count, one.errors, one.quantile(0.5), one.last_seen)
            for (caller, callee), one in self._edges.items()
        ]

    def operations(self) -> list[Operation]:
        """Every operation, the one seen least lately first."""
        return [
            Operation(service, name, one.count, one.errors, one.quantile(0.5), one.quantile(0.95), one.last_seen)
            for (service, name), one in self._operations.items()
        ]

    def dump(self) -> list[tuple[str, str, int, int, float, dict[int, int]]]:
        """The edges, as plain values."""
        return [(*ends, one.count, one.errors, one.last_seen, one.classes) for ends, one in self._edges.items()]

    @classmethod
    def load(cls, dumped: Iterable[tuple[str, str, int, int, float, dict[int, int]]]) -> Calls:
        """Calls with the edges of which `dumped` was made."""
        made = cls()
        for caller, callee, count, errors, last_seen, classes in dumped:
            made._edges[caller, callee] = _Tally(count, errors, last_seen, dict(classes))
        return made

    def _call(self, caller: str, callee: str, span: Span) -> None:
        if caller != callee:
            _tally(self._edges, (caller, callee), most=MOST_EDGES).add(span)
            self.red.called(caller, callee, span)


def calls_of(spans: Iterable[Span]) -> list[Call]:
    """Who calls whom in these spans. Pure."""
    calls = Calls()
    calls.take(spans)
    return calls.calls()


def _tally(kept: OrderedDict[tuple[str, str], _Tally], key: tuple[str, str], *, most: int) -> _Tally:
    found = kept.get(key)
    if found is None:
        found = kept[key] = _Tally()
        if len(kept) > most:
            kept.popitem(last=False)
    else:
        kept.move_to_end(key)
    return found


def _keep(kept: OrderedDict[bytes, _T], key: bytes, value: _T, *, most: int) -> None:
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > most:
        kept.popitem(last=False)
