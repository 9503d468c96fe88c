"""What happens by the clock: heartbeats, looking whether resolutions still hold, and taking over from dead nodes.

One thread a process. What only one process may do stands under a lease.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable

from tickless.domain.verdict import Watch
from tickless.flow import ends, names
from tickless.flow.engine import Engine
from tickless.flow.rooms import Rooms
from tickless.journal import Tx
from tickless.kit.log import get_logger
from tickless.stages.verify import core

TICK_SECONDS = 1.0
BEAT_SECONDS = 2.0
DEAD_AFTER = dt.timedelta(seconds=10)
LEASE = "schedules"
LEASE_SECONDS = 8.0
FACTOR = 4.0
"""Each look is this many times later than the one before: 1 min, 4 min, 16 min, 1 h, 4 h, 17 h …"""
LOST_LOOKS = 2
"""Looks in a row that must fail before a resolution counts as regressed."""

log = get_logger("flow")


class Schedules:
    """Beats for its node, and works for all while it holds the lease. `dead_after`: how long a node may be silent."""

    def __init__(
        self,
        *,
        rooms: Rooms,
        engine: Engine,
        node: str,
        role: str,
        take_over: bool,
        dead_after: dt.timedelta = DEAD_AFTER,
    ) -> None:
        self._rooms = rooms
        self._engine = engine
        self._node = node
        self._role = role
        self._take_over = take_over
        self._dead_after = dead_after
        self._beat_every = min(BEAT_SECONDS, dead_after.total_seconds() / 5)
        self._lease_seconds = min(LEASE_SECONDS, dead_after.total_seconds())
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._failed_looks: dict[str, int] = {}

    def start(self) -> None:
        self.beat()
        jobs = [("heartbeat", self.beat, self._beat_every)]  # on its own: a slow probe must not look like a dead node
        if self._role != "door":
            jobs.append(("schedules", self.tick, min(TICK_SECONDS, self._beat_every)))
        for name, job, pause in jobs:
            self._threads.append(threading.Thread(target=self._loop, args=(job, pause), name=name, daemon=True))
            self._threads[-1].start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=10)
        left = self._take_over and self._role != "door" and self._engine.pending(executor=self._node)
        with self._rooms.journal.write() as tx:
            tx.coordination.release(LEASE, holder=self._node)
            if not left:  # else others find it silent, and take up what still waits
                tx.coordination.forget_node(self._node)

    def _loop(self, job: Callable[[], None], pause: float) -> None:
        while not self._stop.wait(pause):
            try:
                job()
            except Exception as error:
                log.error("a schedule could not run", exc_info=error)

    def beat(self) -> None:
        """Say that this process is alive."""
        with self._rooms.journal.write() as tx:
            tx.coordination.beat(self._node, role=self._role, now=self._rooms.clock.now())

    def tick(self) -> None:
        """Do what is due, if this process holds the lease."""
        now = self._rooms.clock.now()
        with self._rooms.journal.read() as tx:
            due = self._due(tx, now)
            dead = self._dead(tx, now) if self._take_over else []
        if not due and not dead:
            return
        with self._rooms.journal.write() as tx:
            if not tx.coordination.take_lease(LEASE, holder=self._node, now=now, seconds=self._lease_seconds):
                return
            due = self._due(tx, now)
            later = now + dt.timedelta(seconds=self._rooms.pace.first_look)
            for (
                watch
            ) in due:  # a look that breaks, or takes longer than the lease, holds up neither the others nor itself
                tx.watches.put(watch.model_copy(update={"due_at": later}))
        for node in dead:
            self._inherit(node)
        for watch in due:
            self._look(watch, now)

    @staticmethod
    def _due(tx: Tx, now: dt.datetime) -> list[Watch]:
        table = tx.watches.table.c
        return tx.watches.where(table.due_at <= now, order=table.due_at, limit=20)

    def _dead(self, tx: Tx, now: dt.datetime) -> list[str]:
        """The others that have been silent too long. A process that was paused itself is no judge of its own death."""
        nodes = [node for node in tx.coordination.nodes() if node.id != self._node]
        return [node.id for node in nodes if now - node.beat_at > self._dead_after]

    def _inherit(self, node: str) -> None:
        """Take up what a dead process left. Fenced: a paused process that wakes later finds its runs taken."""
        left = self._engine.pending(executor=node)
        for run in left:
            self._engine.take_over(run.id)
        with self._rooms.journal.write() as tx:
            tx.coordination.forget_node(node)
            tx.audit.append(at=self._rooms.clock.now(), actor=self._node, action="node.taken_over", subject=f"node:{node}",
                            detail={"runs": len(left)})  # fmt: skip
        log.warning("took over from a dead node", node=node, runs=len(left))

    def _look(self, watch: Watch, now: dt.datetime) -> None:
        """Probe once more; not held twice in a row, and the case is open again."""
        with self._rooms.journal.read() as tx:
            run = tx.runs.need(watch.run)
        steps, since = self._outputs(watch.run), run.ended_at or now
        readings = [
            self._rooms.verify.look(check, inputs=run.plan.inputs, steps=steps, key=f"{watch.id}:{index}")
            for index, check in enumerate(run.plan.verify)
            if now <= since + dt.timedelta(seconds=check.hold)
        ]
        failed = core.verdict(readings) == "failed"
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
        back = ends.reopen(tx, case, by="tickless", why=f"it did not hold: {evidence}", now=now)
        self._rooms.learn.after_failure(tx, tx.runs.need(watch.run).plan.runbook, now=now)
        workflow = names.case_workflow(back.id, back.generation)
        self._engine.enqueue(tx, names.RESOLVE_CASE, workflow=workflow, args=(back.id, back.generation))
