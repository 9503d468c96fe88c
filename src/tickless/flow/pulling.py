"""Asks Prometheus servers for what is not sent: given queries, at their pace, one at a time."""

from __future__ import annotations

import asyncio
import datetime as dt
import threading
from collections.abc import Callable, Mapping
from typing import Final

from tickless.domain.errors import TicklessError
from tickless.flow.desk.telemetry import TelemetryDesk
from tickless.kit.log import get_logger
from tickless.sdk.http import HttpClient
from tickless.stages.sense.telemetry.options import PullSettings

TIMEOUT: Final = 10.0
_log = get_logger("flow")


class Pulling:
    """`sources`: the name of a source → what to ask it. `reveal` opens references to secrets."""

    def __init__(self, desk: TelemetryDesk, sources: Mapping[str, PullSettings], reveal: Callable[[str], str]) -> None:
        self._desk = desk
        self._sources = sources
        self._reveal = reveal
        self._due: dict[str, dt.datetime] = {}
        self._broken: set[str] = set()
        self._busy = threading.Lock()

    def look(self, now: dt.datetime) -> None:
        """Ask whoever is due, in a thread of its own: nobody waits for a server that is slow."""
        due = [name for name, one in self._sources.items() if self._due.get(name, now) <= now and one.queries]
        if not due or self._desk.room is None or not self._busy.acquire(blocking=False):
            return
        for name in due:
            self._due[name] = now + dt.timedelta(seconds=self._sources[name].every)
        threading.Thread(target=self._ask_all, args=(due,), name="pulling", daemon=True).start()

    def ask(self, name: str) -> int:
        """Run the queries of a source; how many values came. Raises `OutsideError`, `PayloadRejected`, `SettingsInvalid`."""
        asked = self._sources[name]
        headers = {"Authorization": f"Bearer {self._reveal(asked.token)}"} if asked.token else {}
        client = HttpClient(asked.url, headers=headers)
        taken = 0
        for metric, query in asked.queries.items():
            reply = client.get("/api/v1/query", timeout=TIMEOUT, params={"query": query})
            taken += asyncio.run(self._desk.take_answer(reply.body, metric, source=name)).taken
        return taken

    def _ask_all(self, due: list[str]) -> None:
        try:
            for name in due:
                self._ask(name)
        finally:
            self._busy.release()

    def _ask(self, name: str) -> None:
        """Says once that a source cannot be asked, and once that it can again."""
        try:
            self.ask(name)
        except TicklessError as error:
            if name not in self._broken:
                _log.warning("a Prometheus cannot be asked", source=name, reason=error.public)
            self._broken.add(name)
            return
        if name in self._broken:
            self._broken.discard(name)
            _log.warning("a Prometheus can be asked again", source=name)
