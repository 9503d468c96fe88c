"""What came of a grouping lesson: of the machine door's cases at its services, those that nobody had to put right by hand."""

from __future__ import annotations

import datetime as dt

from tickless.domain.regroup import GroupingLesson
from tickless.journal import Tx
from tickless.stages.learn.effects import SPAN, Effect

MOST = 5_000
BY_ITSELF = "tickless"
_DEEDS = {"join": "merge", "part": "split"}


def came_of(tx: Tx, lesson: GroupingLesson) -> Effect | None:
    """Cases of the 90 days before it was taught and of those since, and how many stood as they should: nobody merged them
    (of a lesson that joins) or took alerts out of them (of one that parts). None: it is not taught."""
    at = lesson.decided_at
    if lesson.state != "taught" or at is None:
        return None
    before, after = _stood(tx, lesson, at - SPAN, at), _stood(tx, lesson, at, at + SPAN)
    return Effect(lesson.id, at, 1, len(before), sum(before), len(after), sum(after))


def _stood(tx: Tx, lesson: GroupingLesson, since: dt.datetime, until: dt.datetime) -> list[bool]:
    table = tx.cases.table.c
    found = tx.cases.where(
        table.service.in_(sorted({lesson.one.service, lesson.other.service})),
        table.door == "machine",
        table.opened_at > since,
        table.opened_at <= until,
        limit=MOST,
    )
    moved, opened = set[str](), set[str]()
    for one in tx.regroups.of_cases([case.id for case in found], limit=MOST):
        if one.kind == _DEEDS[lesson.verdict] and one.by != BY_ITSELF and one.undone_at is None:
            moved |= {one.into, *one.out_of}
            opened |= {one.into} if one.opened else set()
    return [case.id not in moved for case in found if case.id not in opened]
