"""Telemetry as doors see it: take it in, look at it, keep it over a restart."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import threading
from collections.abc import Callable, Sequence
from typing import Final, Literal

from tickless.domain.case import LIVE_STATES
from tickless.domain.errors import NotFound, Retry, TicklessError, Unreachable
from tickless.domain.signal import Signal
from tickless.flow.desk.overseeing import Overseeing
from tickless.journal import Journal
from tickless.kit.clock import Clock
from tickless.kit.log import get_logger
from tickless.stages.sense.service import SenseRoom
from tickless.stages.sense.telemetry.service import Arrived, Form, State, TelemetryRoom

Kind = Literal["metrics", "logs", "traces"]
SAVE_EVERY: Final = dt.timedelta(minutes=5)
_log = get_logger("flow")


class Busy(TicklessError):
    """More is sent than can be read now."""

    code = "busy"
    status = 503
    retry = Retry("after", 10.0)


class TelemetryDesk:
    """`most_waiting`: requests that may wait for their turn; more are asked to come again. None for the room: switched off."""

    def __init__(
        self,
        room: TelemetryRoom | None,
        sense: SenseRoom,
        journal: Journal,
        clock: Clock,
        *,
        most_bytes: int,
        most_waiting: int = 16,
    ) -> None:
        self.room = room
        self.most_bytes = most_bytes
        """Of a request, unpacked."""
        self._sense = sense
        self._journal = journal
        self._clock = clock
        self.overseeing = Overseeing(room.overlook if room is not None else None, journal, clock)
        """The same for people."""
        self._turns = threading.BoundedSemaphore(most_waiting)
        self._saved_at: dt.datetime | None = None

    async def take(self, kind: Kind, body: Callable[[], bytes], *, form: Form, source: str) -> Arrived:
        """Take in a request, unpacked by `body` in a thread; what it tells of is durable on return. Raises
        `PayloadRejected`, `Busy`, `TooFast`, `NotFound` when telemetry is switched off, `Unreachable`."""
        room = self.room
        if room is None:
            raise NotFound("telemetry is switched off here", mend="set telemetry.enabled in the settings")
        self._sense.sources.admit(source, self._clock.now())
        if not self._turns.acquire(blocking=False):
            raise Busy("more telemetry is sent than can be read now", mend="send it again later, or less of it")
        try:
            take = {"metrics": room.metrics, "logs": room.logs, "traces": room.traces}[kind]
            arrived = await asyncio.to_thread(lambda: take(body(), form=form, source=source, now=self._clock.now()))
        finally:
            self._turns.release()
        await self._store(arrived.signals)
        return arrived

    async def take_answer(self, body: bytes, metric: str, *, source: str) -> Arrived:
        """Take in a Prometheus' answer to a query. Raises `PayloadRejected`, `NotFound`, `Unreachable`."""
        if self.room is None:
            raise NotFound("telemetry is switched off here", mend="set telemetry.enabled in the settings")
        arrived = self.room.answer(body, metric, source=source, now=self._clock.now())
        self._sense.sources.beat(source, self._clock.now())
        await self._store(arrived.signals)
        return arrived

    def look(self) -> None:
        """What has begun or is over becomes a signal, what is cold is forgotten, what people answered is heeded, what was
        learnt is kept. Every few seconds."""
        if self.room is None:
            return
        now = self._clock.now()
        self.overseeing.heed(now)
        self.room.overlook.troubled = self._troubled()
        self._drain(now)
        if self._saved_at is None:
            self._saved_at = now
        elif now - self._saved_at >= SAVE_EVERY:
            self._saved_at = now
            self.save()

    def close(self) -> None:
        """Say and keep what is known at the end. What cannot be said any more is logged, and does not hold up the end."""
        if self.room is None:
            return
        with contextlib.suppress(Unreachable):
            self._drain(self._clock.now())
        self.save()

    def save(self) -> None:
        """Keep what was learnt. What cannot be written is logged: learning goes on."""
        if self.room is None:
            return
        try:
            self.room.save()
        except OSError as error:
            _log.error("what telemetry learnt could not be kept", reason=type(error).__name__)

    def state(self) -> State | None:
        """How it is; None when it is switched off."""
        return self.room.state() if self.room is not None else None

    def _drain(self, now: dt.datetime) -> None:
        if self.room is not None:
            asyncio.run(self._store(self.room.look(now)))

    def _troubled(self) -> frozenset[str]:
        """Services that cases are open about."""
        with self._journal.read() as tx:
            table = tx.cases.table.c
            return frozenset(tx.cases.values("service", table.state.in_(LIVE_STATES), table.service.is_not(None)))

    def _picture(self) -> None:
        """Keep what was seen, the newest of it. Signals do not wait for their pictures."""
        seen = self.room.overlook.sightings() if self.room is not None else []
        if not seen:
            return
        try:
            with self._journal.write() as tx:
                tx.sightings.put_all(seen)
                tx.sightings.forget_old()
        except Unreachable as error:
            _log.error("pictures of telemetry could not be kept", pictures=len(seen), reason=error.public)

    async def _store(self, signals: Sequence[Signal]) -> None:
        """Durably, with their pictures; telemetry goes on when that fails, for what is abnormal will be said again."""
        if not signals:
            return
        await asyncio.to_thread(self._picture)
        try:
            await self._sense.store(list(signals), None)
        except Unreachable as error:
            _log.error("what telemetry found could not be stored", signals=len(signals), reason=error.public)
            raise
