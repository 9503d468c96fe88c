"""What keeps the service map up to date, by the settings."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tickless.app.settings import Settings
from tickless.flow.desk.telemetry import TelemetryDesk
from tickless.flow.inventory import MapDesk
from tickless.flow.rooms import Rooms
from tickless.stages.sense.telemetry.calls import Call, Operation


def map_desk_of(settings: Settings, rooms: Rooms, telemetry: TelemetryDesk, renew: Callable[[], None]) -> MapDesk:
    """The desk of the map; traces count where telemetry is switched on."""

    def seen() -> tuple[Sequence[Call], Sequence[Operation]] | None:
        room = telemetry.room
        return None if room is None else (room.calls(), room.operations())

    return MapDesk(rooms, settings.map.rules(), seen=seen, renew=renew)
