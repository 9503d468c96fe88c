"""The telemetry of a house, by its settings."""

from __future__ import annotations

from tickless.app.settings import Settings
from tickless.flow.desk.telemetry import TelemetryDesk
from tickless.flow.pulling import Pulling
from tickless.flow.rooms import Rooms
from tickless.sdk.secrets import Secrets
from tickless.stages.sense.telemetry.service import FILE, TelemetryRoom


def telemetry_of(settings: Settings, rooms: Rooms) -> TelemetryDesk:
    """The desk of telemetry; with no room behind it when it is switched off."""
    wanted = settings.telemetry
    room = TelemetryRoom(wanted, file=settings.data / FILE) if wanted.enabled else None
    rooms.foresight.overlook = room.overlook if room is not None else None
    return TelemetryDesk(room, rooms.sense, rooms.journal, rooms.clock, most_bytes=wanted.max_body)


def pulling_of(settings: Settings, desk: TelemetryDesk) -> Pulling:
    """What asks Prometheus servers, by the settings."""
    return Pulling(desk, settings.telemetry.pull, Secrets().reveal)
