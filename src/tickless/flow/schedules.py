"""What happens by the clock: heartbeats, looking whether resolutions still hold, and taking over from dead nodes.

One thread a process. What only one process may do stands under a lease.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Sequence
from functools import partial

from tickless.domain.errors import Unreachable
from tickless.domain.verdict import Watch
from tickless.flow.engine import Engine
from tickless.flow.rooms import Rooms
from tickless.flow.watching import Watching
from tickless.journal import Tx
from tickless.kit.log import get_logger

TICK_SECONDS = 1.0
BEAT_SECONDS = 2.0
DEAD_AFTER = dt.timedelta(seconds=10)
LEASE = "schedules"
LEASE_SECONDS = 8.0
LOOK_SECONDS = 10.0
SWEEP_EVERY = dt.timedelta(seconds=30)
SURVEY_EVERY = dt.timedelta(hours=1)

log = get_logger("flow")


class Schedules:
    """Beats for its node, and works for all while it holds the lease. `dead_after`: how long a node may be silent.
    `chores`: what else is done every half minute, by one process; `looks`: what every process does for itself."""

    def __init__(
        self,
        *,
        rooms: Rooms,
        engine: Engine,
        watching: Watching,
        node: str,
        role: str,
        take_over: bool,
        dead_after: dt.timedelta = DEAD_AFTER,
        chores: Sequence[Callable[[dt.datetime], None]] = (),
        looks: Sequence[Callable[[], None]] = (),
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
        self._watching = watching
        self._chores = tuple(chores)
        self._looks = tuple(looks)
        self._swept_at: dt.datetime | None = None
        self._surveyed_at = rooms.clock.now()
        self._steady_since: dt.datetime | None = None

    def start(self) -> None:
        self.beat()
        jobs = [("heartbeat", self.beat, self._beat_every)]  # on its own: a slow probe must not look like a dead node
        if self._role != "door":
            jobs.append(("schedules", self.tick, min(TICK_SECONDS, self._beat_every)))
        if self._looks:
            jobs.append(("looks", self._look, LOOK_SECONDS))
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
            self._attempt(job)

    @staticmethod
    def _attempt(job: Callable[[], None]) -> None:
        """What breaks holds up neither the others nor the next time."""
        try:
            job()
        except Exception as error:  # ADR 0013
            log.error("a schedule could not run", exc_info=error)

    def _look(self) -> None:
        for look in self._looks:
            self._attempt(look)

    def beat(self) -> None:
        """Say that this process is alive."""
        now = self._rooms.clock.now()
        try:
            with self._rooms.journal.write() as tx:
                tx.coordination.beat(self._node, role=self._role, now=now)
            self._steady_since = self._steady_since or now
        except Unreachable:
            self._steady_since = None
            raise

    def tick(self) -> None:
        """Do what is due, if this process holds the lease."""
        now = self._rooms.clock.now()
        with self._rooms.journal.read() as tx:
            due = self._due(tx, now)
            dead = self._dead(tx, now) if self._take_over else []
        sweep = self._swept_at is None or now - self._swept_at > SWEEP_EVERY
        if not (due or dead or sweep):
            return
        with self._rooms.journal.write() as tx:
            if not tx.coordination.take_lease(LEASE, holder=self._node, now=now, seconds=self._lease_seconds):
                return
            due = self._due(tx, now)
            later = now + dt.timedelta(seconds=self._rooms.pace.first_look)
            for watch in due:  # put off first: a look that breaks or takes long holds up neither the others nor itself
                tx.watches.put(watch.model_copy(update={"due_at": later}))
        for node in dead:
            self._inherit(node)
        for watch in due:
            self._watching.look(watch, now)
        if sweep:
            self._watching.sweep(now)
            self._swept_at = now
            if now - self._surveyed_at > SURVEY_EVERY:
                self._surveyed_at = now
                self._attempt(self._rooms.journal.survey)
            for chore in self._chores:
                self._attempt(partial(chore, now))

    @staticmethod
    def _due(tx: Tx, now: dt.datetime) -> list[Watch]:
        table = tx.watches.table.c
        return tx.watches.where(table.due_at <= now, order=table.due_at, limit=20)

    def _dead(self, tx: Tx, now: dt.datetime) -> list[str]:
        """The others that have been silent too long. A process that was paused itself is no judge of its own death, and one
        whose own beats could not be written until just now is no judge of the others': perhaps nobody's could."""
        if self._steady_since is None or now - self._steady_since < self._dead_after:
            return []
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
