"""The world in memory: read from the journal, renewed when it is older than a moment."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from tickless.ai import Brain, Example
from tickless.ai.recalibrating import refusing_below
from tickless.domain.runbook import Runbook
from tickless.domain.world import World
from tickless.flow.publishing import Publishing
from tickless.flow.refusing import MARK as THRESHOLD
from tickless.journal import Journal
from tickless.journal.world import read_world
from tickless.stages.understand.gazetteer import build_gazetteer
from tickless.stages.understand.service import Understanding, kinds_of

FRESH_SECONDS = 30.0
MOST_LESSONS = 5_000
Lessons = tuple[Example, ...]


class WorldCache:
    """One snapshot for all rooms, and the understanding that goes with it.

    `teach` makes a brain of lessons, beside all that it knows anyway; `lessons`: what records teach now, such as articles. The
    same tuple as before means that nothing changed.
    """

    def __init__(
        self,
        journal: Journal,
        teach: Callable[[Lessons], Brain],
        publishing: Publishing,
        lessons: Callable[[], Lessons] = lambda: (),
    ) -> None:
        self._journal = journal
        self._teach = teach
        self._lessons = lessons
        self._publishing = publishing
        self._taught: tuple[Lessons, Lessons, Lessons, dict[str, Runbook], float | None] | None = None
        self._offered: Lessons = ()
        self._learnt: Lessons = ()
        self._threshold: float | None = None
        self.taught_threshold = 0.0
        """What teaching gave, whatever holds."""
        self._brain: Brain | None = None
        self._lock = threading.Lock()
        self._read_at = float("-inf")
        self._world = World()
        self._understanding: Understanding | None = None

    def world(self) -> World:
        """The snapshot, at most `FRESH_SECONDS` old."""
        if time.monotonic() - self._read_at > FRESH_SECONDS:
            self.renew()
        return self._world

    def understanding(self) -> Understanding:
        """Reads signals with the brain and the records of the snapshot."""
        world = self.world()
        lessons = self._lessons()
        with self._lock:
            now = (lessons, self._offered, self._learnt, self._publishing.held, self._threshold)
            if (
                self._brain is None
                or self._taught is None
                or any(a is not b for a, b in zip(now, self._taught, strict=True))
            ):
                brain = self._teach((*lessons, *self._offered, *self._learnt))
                self.taught_threshold = brain.threshold
                if self._threshold is not None:
                    brain = refusing_below(brain, self._threshold)
                self._brain, self._taught, self._understanding = brain, now, None
            if self._understanding is None:
                gazetteer = build_gazetteer(
                    people=world.people.values(),
                    apps=world.apps.values(),
                    devices=world.devices.values(),
                    services=world.services.values(),
                )
                kinds = kinds_of(self._taught[3].values())
                self._understanding = Understanding(self._brain, gazetteer, kinds=kinds)
            return self._understanding

    def renew(self) -> None:
        """Read the records again, now."""
        with self._lock, self._journal.read() as tx:
            fresh = read_world(tx)
            if fresh != self._world:
                if fresh.catalogue != self._world.catalogue:
                    self._offered = tuple(
                        Example(f"need.{item.need}", said)
                        for item in fresh.catalogue.values()
                        if item.active
                        for said in item.says
                    )
                self._world = fresh
                self._understanding = None
            learnt = tuple(
                Example(f"need.{one.need}", one.text.raw)
                for one in tx.lessons.where(tx.lessons.table.c.state == "taught", limit=MOST_LESSONS)
            )
            if learnt != self._learnt:
                self._learnt = learnt
            threshold = float(tx.coordination.mark(THRESHOLD) or 0) or None
            if threshold != self._threshold:
                self._threshold = threshold
            self._read_at = time.monotonic()
