"""Reads incidents for the selection of problems out of the journal."""

from __future__ import annotations

import datetime as dt

from tickless.domain.case import Case
from tickless.domain.problem import ProblemSettings
from tickless.journal import Tx
from tickless.practices.problems.core import Occurrence

MOST = 5_000
BY_PEOPLE = frozenset({"handed_off"})
SILENT = frozenset({"muted", "refused", "withdrawn"})


def occurrences(tx: Tx, rules: ProblemSettings, *, now: dt.datetime) -> list[Occurrence]:
    """The newest incidents of the days that the rules name, at most 5,000. What people spent is the time that a case was with
    them; what was lost is the time that it stood open for everybody it reached, one person at least."""
    table, since = tx.cases.table.c, now - dt.timedelta(days=rules.days)
    found = tx.cases.where(
        table.kind == "incident", table.opened_at >= since, table.state != "merged", order=table.number.desc(), limit=MOST
    )  # fmt: skip
    return [occurrence(case, rules, now) for case in found if case.outcome not in SILENT]


def occurrence(case: Case, rules: ProblemSettings, now: dt.datetime) -> Occurrence:
    """What one case cost people by now."""
    minutes = min(60 * rules.longest, ((case.resolved_at or now) - case.opened_at).total_seconds() / 60)
    with_people = case.outcome in BY_PEOPLE or case.state in BY_PEOPLE
    people = (case.impact.people or 1) if case.requester is None else 1
    lost = minutes * rules.unable[case.impact.priority - 1] * people
    return Occurrence(
        number=case.number, service=case.service, need=case.need, at=case.opened_at, priority=case.impact.priority,
        toil=max(rules.again, minutes) if with_people else rules.again * case.regressions, lost=max(0.0, lost),
    )  # fmt: skip
