"""Reads incidents for the selection of problems out of the journal."""

from __future__ import annotations

import datetime as dt

from tickless.domain.case import Case
from tickless.journal import Tx
from tickless.practices.problems.core import Occurrence

MOST = 5_000
BY_PEOPLE = frozenset({"handed_off"})
LONGEST = 8 * 60.0
"""Minutes of toil that one incident counts for at most: nobody works on one through the night because it stays open."""
UNABLE = {1: 1.0, 2: 0.5, 3: 0.2, 4: 0.05}
"""By priority: which part of their work people cannot do meanwhile. A guess of ours, the same for every kind."""
SILENT = frozenset({"muted", "refused", "withdrawn"})


def occurrences(tx: Tx, *, since: dt.datetime, now: dt.datetime) -> list[Occurrence]:
    """The newest incidents since then, at most 5,000. What people spent is the time that a case was with them; what was lost is
    the time that it stood open for everybody it reached, one person at least."""
    table = tx.cases.table.c
    found = tx.cases.where(
        table.kind == "incident", table.opened_at >= since, table.state != "merged", order=table.number.desc(), limit=MOST
    )  # fmt: skip
    return [_occurrence(case, now) for case in found if case.outcome not in SILENT]


def _occurrence(case: Case, now: dt.datetime) -> Occurrence:
    minutes = min(LONGEST, ((case.resolved_at or now) - case.opened_at).total_seconds() / 60)
    with_people = case.outcome in BY_PEOPLE or case.state in BY_PEOPLE
    people = (case.impact.people or 1) if case.requester is None else 1
    lost = minutes * UNABLE[case.impact.priority] * people
    return Occurrence(
        number=case.number, service=case.service, need=case.need, at=case.opened_at, priority=case.impact.priority,
        toil=max(5.0, minutes) if with_people else 5.0 * case.regressions, lost=max(0.0, lost),
    )  # fmt: skip
