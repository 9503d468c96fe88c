"""The house examines itself: the laws that must hold at every moment, checked on the real data."""

from __future__ import annotations

import datetime as dt
import os

from tickless.flow import names
from tickless.flow.desk.channel_health import channel_checks
from tickless.flow.desk.egress_health import egress_checks
from tickless.flow.desk.promise import Check
from tickless.flow.desk.regroup_health import regroup_check
from tickless.flow.desk.ticket_health import ticket_checks
from tickless.flow.engine import Engine
from tickless.flow.intake import CONSUMER
from tickless.flow.rooms import Rooms
from tickless.journal import Tx

STUCK_AFTER = dt.timedelta(minutes=10)
_MANY = 100_000


def examine(rooms: Rooms, engine: Engine) -> list[Check]:
    """Every check, good or bad, in the order in which one would look."""
    model = _model(rooms)
    with rooms.journal.read() as tx:
        return [
            _chain(tx),
            _effects(tx),
            _unfinished(tx, rooms),
            _flow(tx, engine),
            _signals(tx, rooms),
            _letters(tx),
            *_held(tx, rooms),
            _quarantine(rooms),
            *channel_checks(tx, rooms),
            *egress_checks(rooms.registry.instances.values()),
            *ticket_checks(tx, rooms),
            regroup_check(tx),
            _brakes(tx),
            _brain(rooms),
            model,
            _runbooks(rooms),
            _disk(rooms),
        ]


def _chain(tx: Tx) -> Check:
    report = tx.audit.verify()
    if report.broken_at is None:
        return Check("audit chain", ok=True, detail=f"{report.rows} rows, unbroken")
    mend = "compare with your last export: somebody changed the journal"
    return Check("audit chain", ok=False, detail=f"broken at row {report.broken_at}: {report.problem}", mend=mend)


def _effects(tx: Tx) -> Check:
    """One receipt a step, by its key; more than one beginning of the same effect in the audit record is a repeat."""
    begun: dict[str, int] = {}
    again = 0
    after = 0
    while rows := tx.audit.rows(after=after, limit=1_000):
        for row in rows:
            if row.action == "act.begin":
                key = str(row.detail.get("key", f"row {row.seq}"))  # retention may have taken the body
                begun[key] = begun.get(key, 0) + 1
            again += row.action == "act.again"
        after = rows[-1].seq
    repeated = sorted(key for key, count in begun.items() if count > 1)
    if repeated:
        return Check(
            "effects", ok=False, detail=f"begun twice: {', '.join(repeated[:5])}", mend="look at their receipts"
        )
    repeats = f"; {again} tried again under their own key, after an error or a crash" if again else ""
    return Check("effects", ok=True, detail=f"{len(begun)} effects, each begun once{repeats}")


def _unfinished(tx: Tx, rooms: Rooms) -> Check:
    now = rooms.clock.now()
    open_ones = [r for r in tx.receipts.by(state="started", limit=_MANY) if now - r.started_at > STUCK_AFTER]
    if open_ones:
        return Check("receipts", ok=False, detail=f"{len(open_ones)} steps began and never ended",
                     mend="`tickless case show` tells which; their runs resume when a worker runs")  # fmt: skip
    return Check("receipts", ok=True, detail="every step that began has ended, or is at work now")


def _flow(tx: Tx, engine: Engine) -> Check:
    """Every live case has its durable run, and every run that isn't over has a live case."""
    pending = {run.id for run in engine.pending() if run.name == names.RESOLVE_CASE}
    table = tx.cases.table.c
    live = tx.cases.where(table.state.in_(("open", "awaiting_person", "awaiting_approval", "acting", "verifying")),
                          limit=_MANY)  # fmt: skip
    orphans = [case for case in live if names.case_workflow(case.id, case.generation) not in pending]
    if orphans:
        numbers = ", ".join(str(case.number) for case in orphans[:5])
        return Check("flow", ok=False, detail=f"cases without a durable run: {numbers}", mend="reopen them")
    return Check("flow", ok=True, detail=f"{len(live)} live cases, each with its durable run")


def _signals(tx: Tx, rooms: Rooms) -> Check:
    head, position = rooms.journal.signals.head(), tx.coordination.cursor(CONSUMER)
    behind = head - position
    mend = "is a worker running? (`tickless serve --role worker`)" if behind > 1_000 else ""
    return Check("signals", ok=behind <= 1_000, detail=f"{head} stored, {behind} not taken in yet", mend=mend)


def _letters(tx: Tx) -> Check:
    waiting = len(tx.coordination.posted())
    return Check("letters", ok=waiting < 100, detail=f"{waiting} messages on their way to waiting runs")


def _held(tx: Tx, rooms: Rooms) -> list[Check]:
    """Messages that wait while a model reads; nobody waits for long."""
    waiting = tx.held.where(limit=1_000)
    if not waiting:
        return []
    oldest = rooms.clock.now() - min(one.since for one in waiting)
    detail = f"{len(waiting)} wait for a language model, the oldest for {oldest.total_seconds():.0f} s"
    ok = oldest < STUCK_AFTER
    return [
        Check("held messages", ok=ok, detail=detail, mend="" if ok else "is a worker running? it hears them by itself")
    ]


def _quarantine(rooms: Rooms) -> Check:
    waiting = [one for one in rooms.journal.signals.quarantined(limit=100) if one.replayed_at is None]
    detail = f"{len(waiting)} payloads wait to be mended" if waiting else "empty"
    return Check("quarantine", ok=True, detail=detail, mend="`tickless signal quarantine` says why" if waiting else "")


def _brakes(tx: Tx) -> Check:
    on = [switch for switch in tx.coordination.switches() if switch.on]
    detail = "; ".join(f"{s.name} by {s.by}: {s.reason}" for s in on) or "none is set"
    return Check("brakes", ok=True, detail=detail)


def _brain(rooms: Rooms) -> Check:
    brain = rooms.understanding().brain
    mend = "`tickless brain status` tells how to make it understand meaning, too" if brain.name == "lexical" else ""
    return Check("language", ok=True, detail=f"{brain.name} {brain.version}: understands {brain.rung}", mend=mend)


def _model(rooms: Rooms) -> Check:
    if rooms.models is None:
        return Check("language model", ok=True, detail="none is configured, and none is needed")
    ok, detail, mend = rooms.models.health()
    return Check("language model", ok=ok, detail=detail, mend=mend)


def _runbooks(rooms: Rooms) -> Check:
    wrong = rooms.runbooks.problems
    if wrong:
        detail = (
            f"{len(wrong)} problems in the folder, so that the {len(rooms.runbooks)} of before stand; first: {wrong[0]}"
        )
        return Check("runbooks", ok=False, detail=detail, mend="`tickless runbook check FOLDER` names all of them")
    return Check("runbooks", ok=bool(rooms.runbooks), detail=f"{len(rooms.runbooks)} compiled",
                 mend="" if rooms.runbooks else "point `runbooks` in the settings to a folder")  # fmt: skip


def _disk(rooms: Rooms) -> Check:
    room = os.statvfs(rooms.data)
    free = room.f_bavail * room.f_frsize / 2**30
    return Check("disk", ok=free > 0.5, detail=f"{free:.1f} GiB free", mend="" if free > 0.5 else "make room")
