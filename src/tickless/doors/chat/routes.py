"""The chat's addresses, all of them."""

from __future__ import annotations

from starlette.routing import BaseRoute

from tickless.doors.chat import catalogue, lobby, rooms, secret
from tickless.doors.console.frame import Frame
from tickless.doors.console.stream import Live, Streams
from tickless.doors.entrance import Entrance
from tickless.flow.desk.promise import Desk


def create_routes(desk: Desk, entrance: Entrance, live: Live | None = None) -> list[BaseRoute]:
    """The employees' chat. Mount it at the root of the site, beside the console, whose files it uses."""
    frame = Frame(desk, entrance)
    streams = Streams(frame, live or Live())
    return [
        *catalogue.routes(frame),
        *lobby.routes(frame, streams),
        *rooms.routes(frame, streams),
        *secret.routes(frame),
    ]
