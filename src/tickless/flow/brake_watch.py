"""Stops the house, or one runbook of it, when what was verified no longer holds. Only a person releases it."""

from __future__ import annotations

import datetime as dt

from tickless.domain.brake import BrakeDeed, BrakeSettings
from tickless.flow.rooms import Rooms
from tickless.journal import Tx
from tickless.kit.ids import new_id
from tickless.kit.log import get_logger
from tickless.stages.act.hold_rate import stops

MOST = 5_000
"""Latest ends that are looked at."""

log = get_logger("flow")


class BrakeWatch:
    """A chore by the clock, in one process."""

    def __init__(self, rooms: Rooms, rules: BrakeSettings) -> None:
        self._rooms = rooms
        self._rules = rules

    def look(self, now: dt.datetime) -> None:
        """Judge the latest ends, and pull what has to be pulled."""
        with self._rooms.journal.read() as tx:
            table = tx.resolutions.table.c
            since = now - dt.timedelta(days=self._rules.hold_days)
            ends = tx.resolutions.where(table.at >= since, order=table.at.desc(), limit=MOST)
            switches = tx.coordination.switches()
        on = {one.name for one in switches if one.on}
        released = {one.name: one.at for one in switches if not one.on}
        for stop in stops(ends, self._rules, now=now, released=released):
            if stop.name not in on:
                with self._rooms.journal.write() as tx:
                    pull(tx, stop.name, on=True, by="tickless", reason=stop.reason, now=now)
                log.warning("stopped: what was verified does not hold", brake=stop.name, reason=stop.reason)


def pull(tx: Tx, name: str, *, on: bool, by: str, reason: str, now: dt.datetime) -> None:
    """Set a switch, with its place in the history and in the audit record. In the caller's transaction."""
    tx.coordination.set_switch(name, on=on, by=by, reason=reason, at=now)
    what = "pulled" if on else "released"
    tx.brake_deeds.put(BrakeDeed(id=new_id("brk"), what=what, name=name, by=by, reason=reason, at=now))
    tx.audit.append(
        at=now,
        actor=by,
        action="switch.on" if on else "switch.off",
        subject=f"switch:{name}",
        detail={"reason": reason},
    )
