"""Ends of cases: the shelf, and what is counted over all of them without reading any."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from tickless.domain.case import Outcome
from tickless.domain.measure import Resolution
from tickless.journal import tables
from tickless.journal.shelf import Shelf

_AT_ONCE = 500
"""Cases that one query names."""
_MANY = 50_000


@dataclass(frozen=True)
class Tally:
    """Ends of one kind: how many, and the minutes they saved by the runbooks' own figures."""

    count: int
    minutes_saved: float


class Resolutions(Shelf[Resolution]):
    """Inside a transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        super().__init__(connection, tables.resolutions, Resolution, _keys)

    def of_cases(self, cases: Iterable[str], *, runbook: str) -> dict[str, list[Resolution]]:
        """The ends to which a runbook brought these cases, by case."""
        found: dict[str, list[Resolution]] = {}
        wanted, table = sorted(set(cases)), self.table.c
        for start in range(0, len(wanted), _AT_ONCE):
            for one in self.where(
                table.runbook == runbook, table.case.in_(wanted[start : start + _AT_ONCE]), limit=_MANY
            ):
                found.setdefault(one.case, []).append(one)
        return found

    def tally(self) -> dict[str, Tally]:
        """By outcome, those that occurred."""
        table = self.table.c
        query = sa.select(table.outcome, sa.func.count(), sa.func.sum(table.minutes_saved)).group_by(table.outcome)
        return {row[0]: Tally(int(row[1]), float(row[2] or 0.0)) for row in self.connection.execute(query)}

    def between(self, times: Sequence[dt.datetime]) -> list[dict[str, int]]:
        """How many ends of each outcome fell between each of these times and the next."""
        table = self.table.c
        query = sa.select(table.outcome, sa.func.count()).group_by(table.outcome)
        return [
            {row[0]: int(row[1]) for row in self.connection.execute(query.where(table.at >= since, table.at < until))}
            for since, until in itertools.pairwise(times)
        ]

    def seconds_at(self, share: float, *, outcomes: Collection[Outcome]) -> float | None:
        """Nearest-rank percentile of the seconds that these ends took (the smallest value that at least `share` of them do not
        exceed); None where there are none."""
        table = self.table.c
        these = table.outcome.in_(outcomes)
        count = self.count(these)
        if not count:
            return None
        rank = max(0, math.ceil(share * count) - 1)
        behind = count - 1 - rank
        order, skip = (table.seconds, rank) if rank < behind else (table.seconds.desc(), behind)
        query = sa.select(table.seconds).where(these).order_by(order).limit(1).offset(skip)
        return float(self.connection.execute(query).scalar_one())


def _keys(one: Resolution) -> dict[str, object]:
    return {
        "id": one.id,
        "case": one.case,
        "outcome": one.outcome,
        "need": one.need,
        "runbook": one.runbook,
        "service": one.service,
        "at": one.at,
        "seconds": one.seconds,
        "minutes_saved": one.minutes_saved,
    }
