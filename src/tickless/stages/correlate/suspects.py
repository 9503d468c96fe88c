"""Changes that happened shortly before trouble, at the place itself or at what it needs: suspects, never verdicts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from tickless.domain.case import Case
from tickless.domain.change_event import ChangeEvent
from tickless.domain.finding import Evidence, Finding
from tickless.domain.signal import Signal
from tickless.domain.world import World
from tickless.journal import Tx

BEFORE = dt.timedelta(hours=2)
"""How long before the trouble a change is still suspected."""
AFTER = dt.timedelta(minutes=2)
"""How far clocks may differ: a change told to be so much later may yet have come first."""
HOPS = 3
MOST = 5
SOURCE = "changes"
_NAMES = {"deploy": "deployment", "change": "change"}


@dataclass(frozen=True)
class Suspect:
    """A change, how far away on the service map, and why it is suspected."""

    change: ChangeEvent
    distance: int
    why: str


def suspects(changes: Iterable[ChangeEvent], *, service: str, at: dt.datetime, world: World) -> list[Suspect]:
    """Those that may have led to trouble of `service` that began `at`: nearest first, then latest. Pure."""
    reach = {service: 0, **world.upstream_of(service, hops=HOPS)}
    near = [
        Suspect(change, reach[change.service], _why(change, reach[change.service], at, world))
        for change in changes
        if change.service in reach and at - BEFORE <= change.occurred_at <= at + AFTER
    ]
    near.sort(key=lambda one: (one.distance, -one.change.occurred_at.timestamp(), one.change.id))
    return near[:MOST]


def _why(change: ChangeEvent, distance: int, at: dt.datetime, world: World) -> str:
    known = world.services.get(change.service or "")
    name = known.name if known is not None else change.service
    where = f"at {name} itself" if distance == 0 else f"at {name}, which it needs"
    return f"A {_NAMES[change.kind]} {where}, {_before(at - change.occurred_at)}."


def _before(ago: dt.timedelta) -> str:
    minutes = round(ago.total_seconds() / 60)
    if minutes <= 0:
        return "at the same time"
    if minutes < 60:
        return f"{minutes} minute{'s' if minutes > 1 else ''} before it began"
    return f"{minutes / 60:.1f} hours before it began"


def keep_change(tx: Tx, signal: Signal, finding: Finding, world: World) -> ChangeEvent | None:
    """Keep what was changed; cases that it may have led to and that were heard of first learn of it now."""
    if signal.kind not in ("change", "deploy"):
        return None
    change = tx.changes.put(
        ChangeEvent(
            id=signal.id,
            source=signal.source,
            kind="deploy" if signal.kind == "deploy" else "change",
            service=finding.slots.get("service"),
            occurred_at=signal.occurred_at,
            title=signal.title,
        )
    )
    table = tx.cases.table.c
    live = table.state.in_(("open", "acting", "verifying", "awaiting_approval", "awaiting_person", "handed_off"))
    since = table.opened_at >= change.occurred_at - AFTER, table.opened_at <= change.occurred_at + BEFORE
    for case in tx.cases.where(live, table.door == "machine", *since, order=table.number.desc(), limit=200):
        if case.service is not None:
            _note(tx, case, suspects([change], service=case.service, at=case.opened_at, world=world))
    return change


def suspect_changes(tx: Tx, case: Case, *, at: dt.datetime, world: World) -> None:
    """Put changes that happened shortly before into a case of the machine door, as evidence."""
    if case.service is None:
        return
    table = tx.changes.table.c
    places = {case.service, *world.upstream_of(case.service, hops=HOPS)}
    recent = tx.changes.where(
        table.service.in_(places),
        table.occurred_at >= at - BEFORE,
        table.occurred_at <= at + AFTER,
        order=table.occurred_at.desc(),
        limit=100,
    )
    _note(tx, case, suspects(recent, service=case.service, at=at, world=world))


def _note(tx: Tx, case: Case, found: list[Suspect]) -> None:
    known = {one.ref for one in case.evidence if one.source == SOURCE}
    new = [
        Evidence(text=one.why, source=SOURCE, ref=one.change.id)
        for one in found
        if one.change.id not in known and len(known) < MOST
    ]
    if new:
        tx.cases.put(case.model_copy(update={"evidence": (*case.evidence, *new)}))
