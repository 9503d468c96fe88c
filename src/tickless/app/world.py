"""The world in memory: read from the journal, renewed when it is older than a moment."""

from __future__ import annotations

import threading
import time

from tickless.ai import Brain
from tickless.domain.runbook import Runbook
from tickless.domain.world import World
from tickless.journal import Journal
from tickless.journal.world import read_world
from tickless.stages.understand.gazetteer import build_gazetteer
from tickless.stages.understand.service import Understanding, kinds_of

FRESH_SECONDS = 30.0


class WorldCache:
    """One snapshot for all rooms, and the understanding that goes with it."""

    def __init__(self, journal: Journal, brain: Brain, runbooks: dict[str, Runbook]) -> None:
        self._journal = journal
        self._brain = brain
        self._kinds = kinds_of(runbooks.values())
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
        with self._lock:
            if self._understanding is None:
                gazetteer = build_gazetteer(
                    people=world.people.values(),
                    apps=world.apps.values(),
                    devices=world.devices.values(),
                    services=world.services.values(),
                )
                self._understanding = Understanding(self._brain, gazetteer, kinds=self._kinds)
            return self._understanding

    def renew(self) -> None:
        """Read the records again, now."""
        with self._lock, self._journal.read() as tx:
            fresh = read_world(tx)
            if fresh != self._world:
                self._world = fresh
                self._understanding = None
            self._read_at = time.monotonic()
