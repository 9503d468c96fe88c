"""Planned work that comes again: written down, ended, and its windows made ahead, in the caller's transaction."""

from __future__ import annotations

import datetime as dt

from tickless.domain.errors import Conflict
from tickless.domain.work_series import WorkSeries
from tickless.domain.world import World
from tickless.journal import Tx
from tickless.practices.known.recurring import AHEAD, check_series, windows_of

MOST = 2_000
"""Series that are looked after, and windows of one that are called off at once."""
EVERY = dt.timedelta(days=1)
"""So long after the last time windows are made again."""


def plan_series(tx: Tx, series: WorkSeries, *, world: World, by: str, now: dt.datetime) -> WorkSeries:
    """Write a series down and make its first windows. Raises `BadInput`."""
    checked = check_series(series, world, now=now)
    detail = {"service": checked.service, "rule": checked.rule, "zone": checked.zone, "at": checked.at.isoformat(),
              "minutes": checked.minutes}  # fmt: skip
    tx.audit.append(at=now, actor=by, action="work_series.planned", subject=f"work_series:{checked.id}", detail=detail)
    return _make(tx, checked, now=now)


def end_series(tx: Tx, identity: str, *, by: str, now: dt.datetime) -> WorkSeries:
    """No more of it: windows that are still to come are called off, one that goes on goes on. Raises `NotFound`, `Conflict`."""
    series = tx.work_series.need(identity, lock=True)
    if series.ended_at is not None:
        raise Conflict("this series has ended already")
    table = tx.maintenance.table.c
    coming = tx.maintenance.where(table.service == series.service, table.starts_at > now, limit=MOST)
    mine = [window for window in coming if window.series == identity and not window.cancelled]
    for window in mine:
        tx.maintenance.put(window.model_copy(update={"cancelled": True}))
    tx.audit.append(at=now, actor=by, action="work_series.ended", subject=f"work_series:{identity}",
                    detail={"called_off": len(mine)})  # fmt: skip
    return tx.work_series.put(series.model_copy(update={"ended_at": now}))


def tend_series(tx: Tx, *, now: dt.datetime) -> None:
    """Make the windows that have come near. What a person has called off stays so."""
    table = tx.work_series.table.c
    for series in tx.work_series.where(table.ended.is_(False), limit=MOST):
        if series.planned_until is None or series.planned_until < now + AHEAD - EVERY:
            _make(tx, series, now=now)


def _make(tx: Tx, series: WorkSeries, *, now: dt.datetime) -> WorkSeries:
    since, until = series.planned_until or now - dt.timedelta(minutes=series.minutes), now + AHEAD
    for window in windows_of(series, since=since, until=until):
        if window.ends_at > now and tx.maintenance.get(window.id) is None:
            tx.maintenance.put(window)
    return tx.work_series.put(series.model_copy(update={"planned_until": until}))
