"""How the outside channels are: what listens, since when or why not, and what could not be delivered. For the doctor."""

from __future__ import annotations

import datetime as dt
import json
from typing import Literal

from tickless.flow.desk.promise import Check
from tickless.flow.posting.postman import channels_of
from tickless.flow.posting.rules import GIVE_UP_AFTER
from tickless.flow.rooms import Rooms
from tickless.journal import Tx

State = Literal["listening", "paused"]
LATE = dt.timedelta(minutes=5)
_MANY = 2_000


def lease_of(channel: str) -> str:
    """The lease of the one process that listens for this channel."""
    return f"listening:{channel}"


def note_state(tx: Tx, channel: str, *, state: State, since: dt.datetime, reason: str = "") -> None:
    """Called by the process that listens, whenever that changes."""
    said = {"state": state, "since": since.isoformat(timespec="seconds"), "reason": reason}
    tx.coordination.note(lease_of(channel), json.dumps(said))


def channel_checks(tx: Tx, rooms: Rooms) -> list[Check]:
    """One line for each instance that listens or posts."""
    posting = channels_of(rooms)
    checks = []
    for name, instance in rooms.registry.instances.items():
        ear = instance.connector.listener
        listens = ear is not None and ear.wanted(instance.settings)
        if listens or name in posting:
            checks.append(_channel(tx, name, listens=listens, now=rooms.clock.now()))
    return checks


def _channel(tx: Tx, name: str, *, listens: bool, now: dt.datetime) -> Check:
    told, well = _listening(tx, name, now) if listens else ("answers, and is told of messages", True)
    table, threads = tx.deliveries.table.c, tx.threads.table
    own = threads.select().with_only_columns(threads.c.id).where(threads.c.channel == name)
    waiting = tx.deliveries.where(table.state == "pending", table.due_at <= now, table.thread.in_(own), limit=_MANY)
    tried = [one for one in waiting if one.tries] or tx.deliveries.where(
        table.state == "pending", table.due_at > now, table.thread.in_(own), limit=_MANY
    )
    stuck = [one for one in tried if one.tries and one.reason]
    lost = tx.deliveries.where(table.state == "failed", table.due_at > now - GIVE_UP_AFTER, table.thread.in_(own),
                               limit=_MANY)  # fmt: skip
    parts = [told]
    if stuck or (waiting and now - min(one.due_at for one in waiting) > LATE):
        why = f": {stuck[0].reason}" if stuck else ": is a worker running?"
        parts.append(f"{len(stuck) or len(waiting)} messages cannot be delivered{why}")
        well = False
    if lost:
        parts.append(f"{len(lost)} messages of the last day were given up: {lost[-1].reason}")
        well = False
    mend = "" if well else f"docs/guides/channels.md; settings and secrets of the connector {name!r}"
    return Check(name, ok=well, detail="; ".join(parts), mend=mend)


def _listening(tx: Tx, name: str, now: dt.datetime) -> tuple[str, bool]:
    said = tx.coordination.mark(lease_of(name))
    found = json.loads(said) if said else {}
    if found.get("state") == "paused":
        return f"not listening since {found['since']}: {found['reason']}", False
    if not found or tx.coordination.holder_of(lease_of(name), now=now) is None:
        return "nobody listens: is a worker running?", False
    return f"listening since {found['since']}", True
