"""What traces show goes where it helps: who calls whom to the map that correlation learns, and the traffic to root cause."""

from __future__ import annotations

import datetime as dt

from tickless.kit.clock import Clock
from tickless.stages.correlate.cause.traffic import Minutes, Traffic
from tickless.stages.correlate.service import CorrelateRoom
from tickless.stages.sense.telemetry.service import TelemetryRoom

EVERY = dt.timedelta(seconds=10)


class Tracing:
    """`room`: None while telemetry is switched off."""

    def __init__(self, room: TelemetryRoom | None, correlate: CorrelateRoom, clock: Clock) -> None:
        self._room = room
        self._correlate = correlate
        self._clock = clock
        self._looked: dt.datetime | None = None
        self._heard: dict[tuple[str, str], int] = {}
        """Call → how often it was seen when it was told last."""
        correlate.causes.traffic = self.traffic

    def look(self) -> None:
        """Tell of calls that were seen again since. Every few seconds."""
        now = self._clock.now()
        if self._looked is None or now - self._looked >= EVERY:
            self._tell(now)

    def _tell(self, now: dt.datetime) -> None:
        if self._room is None:
            return
        self._looked = now
        calls = self._room.calls()
        new = [one for one in calls if one.count != self._heard.get((one.caller, one.callee))]
        self._heard = {(one.caller, one.callee): one.count for one in calls}
        if new:
            self._correlate.saw_calls(
                (one.caller, one.callee, min(now, dt.datetime.fromtimestamp(max(one.last_seen, 0.0), dt.UTC)))
                for one in new
            )

    def traffic(self, now: dt.datetime) -> Traffic | None:
        """By the minute, as root cause reads it; None without any traces. Whoever asks finds the calls told, too."""
        self._tell(now)
        found = self._room.traffic(now) if self._room is not None else None
        if found is None or not found.keys:
            return None
        services: dict[str, Minutes] = {}
        calls: dict[tuple[str, str], Minutes] = {}
        for place, (caller, callee) in enumerate(found.keys):
            minutes = Minutes(found.count[place], found.errors[place], found.seconds[place])
            if caller:
                calls[caller, callee] = minutes
            else:
                services[callee] = minutes
        return Traffic(now, services, calls)
