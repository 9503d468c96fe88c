"""What processes agree on through the journal: leases, heartbeats, cursors, switches, numbers."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from tickless.journal import tables
from tickless.journal.upserts import insert_new, upsert


@dataclass(frozen=True)
class Node:
    """A process that says it is alive."""

    id: str
    role: str
    started_at: dt.datetime
    beat_at: dt.datetime


@dataclass(frozen=True)
class Switch:
    """A brake: `all`, `runbook:<id>`, `service:<id>` or `freeze`."""

    name: str
    on: bool
    by: str
    reason: str
    at: dt.datetime


@dataclass(frozen=True)
class Letter:
    """A message on its way to a waiting workflow."""

    key: str
    workflow: str
    message: Any


class Coordination:
    """Inside a transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def take_lease(self, name: str, *, holder: str, now: dt.datetime, seconds: float) -> bool:
        """Take or renew a lease; False while another holder's has not run out. One holder at a time, on both databases."""
        until = now + dt.timedelta(seconds=seconds)
        if insert_new(self._connection, tables.leases, {"name": name, "holder": holder, "until": until}):
            return True
        taken = self._connection.execute(
            sa.update(tables.leases)
            .where(tables.leases.c.name == name)
            .where(sa.or_(tables.leases.c.holder == holder, tables.leases.c.until <= now))
            .values(holder=holder, until=until)
        )
        return bool(taken.rowcount)

    def release(self, name: str, *, holder: str) -> None:
        self._connection.execute(
            sa.delete(tables.leases).where(tables.leases.c.name == name, tables.leases.c.holder == holder)
        )

    def release_all(self, prefix: str, *, holder: str) -> None:
        """Let go of every lease of this holder whose name begins so."""
        name = tables.leases.c.name
        held = self._connection.execute(sa.select(name).where(tables.leases.c.holder == holder)).scalars().all()
        for one in held:
            if one.startswith(prefix):
                self.release(one, holder=holder)

    def holder_of(self, name: str, *, now: dt.datetime) -> str | None:
        """Who holds the lease at this moment."""
        query = sa.select(tables.leases.c.holder).where(tables.leases.c.name == name, tables.leases.c.until > now)
        return self._connection.execute(query).scalar()

    def beat(self, node: str, *, role: str, now: dt.datetime) -> None:
        """Say that a process is alive."""
        known = self._connection.execute(
            sa.update(tables.nodes).where(tables.nodes.c.id == node).values(beat_at=now, role=role)
        )
        if not known.rowcount:
            upsert(self._connection, tables.nodes, {"id": node, "role": role, "started_at": now, "beat_at": now})

    def nodes(self) -> list[Node]:
        query = sa.select(tables.nodes).order_by(tables.nodes.c.id)
        return [Node(**row._mapping) for row in self._connection.execute(query)]

    def forget_node(self, node: str) -> None:
        self._connection.execute(sa.delete(tables.nodes).where(tables.nodes.c.id == node))

    def cursor(self, consumer: str) -> int:
        """How far a consumer has read the signal log; 0 at first."""
        query = sa.select(tables.cursors.c.position).where(tables.cursors.c.consumer == consumer)
        return int(self._connection.execute(query).scalar() or 0)

    def move_cursor(self, consumer: str, position: int) -> None:
        upsert(self._connection, tables.cursors, {"consumer": consumer, "position": position})

    def next_number(self, name: str) -> int:
        """The next of a series without gaps inside the transaction: 1, 2, 3 …"""
        insert_new(self._connection, tables.counters, {"name": name, "value": 0, "hash": ""})
        self._connection.execute(
            sa.update(tables.counters).where(tables.counters.c.name == name).values(value=tables.counters.c.value + 1)
        )
        query = sa.select(tables.counters.c.value).where(tables.counters.c.name == name)
        return int(self._connection.execute(query).scalar_one())

    def post(self, key: str, *, workflow: str, message: object) -> None:
        """Leave a message for a waiting workflow; it is delivered once, after this transaction."""
        values = {"key": key, "workflow": workflow, "message": json.dumps(message)}
        insert_new(self._connection, tables.outbox, values)

    def posted(self, limit: int = 200) -> list[Letter]:
        """What waits to be delivered."""
        query = sa.select(tables.outbox).order_by(tables.outbox.c.key).limit(limit)
        return [Letter(row.key, row.workflow, json.loads(row.message)) for row in self._connection.execute(query)]

    def delivered(self, key: str) -> None:
        self._connection.execute(sa.delete(tables.outbox).where(tables.outbox.c.key == key))

    def set_switch(self, name: str, *, on: bool, by: str, reason: str, at: dt.datetime) -> None:
        upsert(self._connection, tables.switches, {"name": name, "on": on, "by": by, "reason": reason, "at": at})

    def switches(self) -> list[Switch]:
        """Every brake that was ever set, on or off."""
        query = sa.select(tables.switches).order_by(tables.switches.c.name)
        return [Switch(**row._mapping) for row in self._connection.execute(query)]

    def set_rung(self, runbook: str, *, rung: str, by: str, at: dt.datetime) -> None:
        """Put a runbook on a rung of the autonomy ladder."""
        upsert(self._connection, tables.autonomy, {"runbook": runbook, "rung": rung, "by": by, "at": at})

    def rungs(self) -> dict[str, str]:
        """Runbook → rung, where one was granted."""
        query = sa.select(tables.autonomy.c.runbook, tables.autonomy.c.rung)
        return {row.runbook: row.rung for row in self._connection.execute(query)}

    def rung_set(self, runbook: str) -> tuple[str, dt.datetime] | None:
        """By whom and when it was put on its rung."""
        table = tables.autonomy.c
        row = self._connection.execute(sa.select(table.by, table.at).where(table.runbook == runbook)).first()
        return None if row is None else (row.by, row.at)

    def mark(self, name: str) -> str | None:
        """What a listener noted of where it stands."""
        return self._connection.execute(sa.select(tables.marks.c.value).where(tables.marks.c.name == name)).scalar()

    def marks(self, beginning: str) -> dict[str, str]:
        """Every mark whose name begins so."""
        table = tables.marks.c
        query = sa.select(table.name, table.value).where(table.name.startswith(beginning, autoescape=True))
        return {row.name: row.value for row in self._connection.execute(query)}

    def forget_mark(self, name: str) -> None:
        """It is marked no more."""
        self._connection.execute(sa.delete(tables.marks).where(tables.marks.c.name == name))

    def note(self, name: str, value: str) -> None:
        """Note where a listener stands."""
        upsert(self._connection, tables.marks, {"name": name, "value": value})
