"""Watching that resolutions hold: probing again, and not believing an end while its monitor goes on complaining."""

from __future__ import annotations

import datetime as dt

from tickless.domain.plan import Run
from tickless.domain.verdict import Watch
from tickless.flow import names
from tickless.flow.ending import ends
from tickless.flow.engine import Engine
from tickless.flow.rooms import Rooms
from tickless.flow.talking.joining import Joining
from tickless.journal import Tx
from tickless.stages.verify import core

FACTOR = 4.0
"""Each look is this many times later than the one before: 1 min, 4 min, 16 min, 1 h, 4 h, 17 h …"""
LOST_LOOKS = 2
"""Looks in a row that must fail before a resolution counts as regressed."""
STILL_FIRING = dt.timedelta(minutes=10)
"""How long after a case ended its monitor may take to say that it is over."""


class Watching:
    """Called by the schedules, under their lease."""

    def __init__(self, *, rooms: Rooms, engine: Engine) -> None:
        self._rooms = rooms
        self._engine = engine
        self._joining = Joining(rooms)
        self._failed_looks: dict[str, int] = {}

    def sweep(self, now: dt.datetime) -> None:
        """Tell of planned work that is over. Open cases again that count as solved while their alert still fires, for sources
        that say when it is over."""
        before = now - STILL_FIRING
        with self._rooms.journal.read() as tx:  # a long look where much is stored: nobody waits for it
            found = tx.alerts.firing_though_solved(before=before)
        with self._rooms.journal.write() as tx:
            self._joining.sweep(tx, now=now)
            for case, title in tx.alerts.firing_though_solved(before=before) if found else ():
                record = tx.cases.need(case, lock=True)
                why = f"the monitor has gone on saying: {title.tame(200)}"
                back = ends.reopen(tx, record, by="tickless", why=why, learn=self._rooms.learn, now=now)
                self._begin(tx, back.id, back.generation)

    def _begin(self, tx: Tx, case: str, generation: int) -> None:
        workflow = names.case_workflow(case, generation)
        self._engine.enqueue(tx, names.RESOLVE_CASE, workflow=workflow, args=(case, generation))

    def _upstream_trouble(self, run: Run) -> bool:
        """Whether something that the mended service needs is in trouble now: then its ill health says nothing of the fix."""
        service = str((run.plan.inputs.get("service") or {}).get("id") or "")
        needs = self._rooms.world().upstream_of(service) if service else {}
        if not needs:
            return False
        with self._rooms.journal.read() as tx:
            return any(tx.cases.live_of_service(other) for other in needs)

    def look(self, watch: Watch, now: dt.datetime) -> None:
        """Probe once more; not held twice in a row, and the case is open again."""
        with self._rooms.journal.read() as tx:
            run = tx.runs.need(watch.run)
        steps, since = self._outputs(watch.run), run.ended_at or now
        readings = [
            self._rooms.verify.look(check, inputs=run.plan.inputs, steps=steps, key=f"{watch.id}:{index}")
            for index, check in enumerate(run.plan.verify)
            if now <= since + dt.timedelta(seconds=check.hold)
        ]
        failed = core.verdict(readings) == "failed" and not self._upstream_trouble(run)
        misses = self._failed_looks.get(watch.id, 0) + 1 if failed else 0
        self._failed_looks[watch.id] = misses
        with self._rooms.journal.write() as tx:
            if tx.watches.get(watch.id, lock=True) is None:
                return
            if misses >= LOST_LOOKS:
                self._lost(tx, watch, "; ".join(r.evidence for r in readings if r.held is False), now)
            else:
                self._next(tx, watch, now, soon=failed)

    def _outputs(self, run: str) -> dict[str, object]:
        with self._rooms.journal.read() as tx:
            return {r.step: r.output for r in tx.receipts_of(run) if r.state == "done"}

    def _next(self, tx: Tx, watch: Watch, now: dt.datetime, *, soon: bool) -> None:
        pause = self._rooms.pace.first_look * (0.1 if soon else FACTOR ** (watch.looks + 1))
        due = now + dt.timedelta(seconds=pause)
        if due > watch.until and not soon:
            tx.watches.delete(watch.id)
            return
        tx.watches.put(watch.model_copy(update={"due_at": due, "looks": watch.looks + (0 if soon else 1)}))

    def _lost(self, tx: Tx, watch: Watch, evidence: str, now: dt.datetime) -> None:
        self._failed_looks.pop(watch.id, None)
        case = tx.cases.need(watch.case, lock=True)
        tx.watches.delete(watch.id)
        if case.live or case.state != "resolved":
            return
        back = ends.reopen(
            tx, case, by="tickless", why=f"it did not hold: {evidence}", learn=self._rooms.learn, now=now
        )
        self._begin(tx, back.id, back.generation)
