"""Counts the cases that an improvement is about."""

from __future__ import annotations

import datetime as dt

from tickless.domain.improvement import Counted
from tickless.journal import Tx


def count_cases(tx: Tx, what: Counted, *, since: dt.datetime, until: dt.datetime) -> int:
    """Cases of that service and need that were opened with `since` ≤ time < `until`; merged ones count with their whole."""
    table = tx.cases.table.c
    about = [table.service == what.service] if what.service else []
    needed = [table.need == what.need] if what.need else []
    return tx.cases.count(table.opened_at >= since, table.opened_at < until, table.state != "merged", *about, *needed)
