"""Cases that look like one: grouping takes them for the same while the rules kept them apart. Noted for people to decide."""

from __future__ import annotations

import datetime as dt
import math
from collections import OrderedDict
from collections.abc import Iterable
from typing import NamedTuple

from tickless.domain.case import Case
from tickless.domain.regroup import Doubt
from tickless.journal import Tx
from tickless.kit.canonical import digest
from tickless.stages.correlate.grouping.alarm import Grouped, Reason
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


def alike_of(heard: Grouped, case_of: dict[str, str] | OrderedDict[str, str]) -> list[Alike]:
    """Cases that grouping takes for the same as that of an alert: of its group, and of groups that turned out to be it.

    What only the time links is left out.
    """
    found = []
    if heard.how == "join" and heard.group in case_of and _links(heard.reasons):
        found.append(Alike(case_of[heard.group], heard.sure, heard.why))
    for name, reasons in heard.merged:
        if name in case_of and _links(reasons):
            weight = min(sum(one.weight for one in reasons), 50.0)
            words = " ".join(one.words for one in sorted(reasons, key=lambda one: -abs(one.weight)))
            found.append(Alike(case_of[name], 1 / (1 + math.exp(-weight)), words))
    return found


def _links(reasons: Iterable[Reason]) -> bool:
    return any(
        (one.kind in {"map", "person"} and one.weight > 0) or (one.kind == "text" and one.weight >= TELLING)
        for one in reasons
    )


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
        identity = f"dbt_{digest([one, two])[:24]}"
        known = tx.doubts.get(identity)
        if known is None or known.state == "open":
            sure = min(max(other.sure, known.sure if known else 0.0), 1.0)
            tx.doubts.put(Doubt(id=identity, one=one, other=two, sure=sure, why=other.why[:1_000], at=now))
