"""Cases that look like one: grouping takes them for the same while the rules kept them apart. Noted for people to decide."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import Iterable
from typing import NamedTuple

from tickless.domain.case import Case
from tickless.domain.regroup import Doubt
from tickless.journal import Tx
from tickless.kit.canonical import digest
from tickless.stages.correlate.grouping.alarm import Reason, in_words, nothing_new
from tickless.stages.correlate.regroup.rules import may_merge

SURE = 0.8
"""Probability from which it is worth somebody's look."""
CLEARER = 0.05
"""How much surer grouping has to become before what was noted is noted again."""
REMEMBERED = 5_000
TELLING = 2.5
"""Weight from which a text alone speaks for two cases being one."""


class Alike(NamedTuple):
    """Another case, how sure grouping is that it is the same, and why."""

    case: str
    sure: float
    why: str


def alike_of(unions: Iterable[tuple[str, tuple[Reason, ...]]]) -> list[Alike]:
    """Cases whose storms turn out to be one with that of an alert. What only the time links is left out."""
    return [
        Alike(name, nothing_new([sum(one.weight for one in reasons)]), in_words(reasons))
        for name, reasons in unions
        if _links(reasons)
    ]


def _links(reasons: Iterable[Reason]) -> bool:
    return any(
        (one.kind in {"map", "person"} and one.weight > 0) or (one.kind == "text" and one.weight >= TELLING)
        for one in reasons
    )


def doubt_id(one: str, two: str) -> str:
    """Of two cases, in order."""
    return f"dbt_{digest([one, two])[:24]}"


class Doubts:
    """Notes each pair once, and again only when it has become clearer. In the caller's transaction."""

    def __init__(self) -> None:
        self._noted: OrderedDict[tuple[str, str], float] = OrderedDict()

    def note(self, tx: Tx, case: Case, alike: Iterable[Alike], *, now: dt.datetime) -> None:
        for other in alike:
            one, two = sorted((case.id, other.case))
            if one == two or other.sure < max(SURE, self._noted.get((one, two), 0.0) + CLEARER):
                continue
            self._noted[one, two] = other.sure
            while len(self._noted) > REMEMBERED:
                self._noted.popitem(last=False)
            self._write(tx, case, other, now=now)

    @staticmethod
    def _write(tx: Tx, case: Case, other: Alike, *, now: dt.datetime) -> None:
        theirs = tx.cases.get(other.case)
        if theirs is None or may_merge(theirs, [case]) is not None:
            return
        one, two = sorted((case.id, other.case))
        identity = doubt_id(one, two)
        known = tx.doubts.get(identity)
        if known is None or known.state == "open":
            sure = min(max(other.sure, known.sure if known else 0.0), 1.0)
            tx.doubts.put(Doubt(id=identity, one=one, other=two, sure=sure, why=other.why[:1_000], at=now))
