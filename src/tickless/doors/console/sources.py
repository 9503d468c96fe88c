"""The sources: when each was heard, its limit, its quarantine, its heartbeat."""

from __future__ import annotations

from starlette.routing import BaseRoute

from tickless.doors.console.frame import Frame, Screen, Visit
from tickless.stages.sense.heartbeats import spell


def routes(frame: Frame) -> list[BaseRoute]:
    return [frame.show("/sources", "read", page)]


def page(visit: Visit) -> Screen:
    found = visit.desk.sources.report()
    waiting = sum(one.waiting for one in found)
    return Screen("sources.html", {"sources": found, "spell": spell, "aside": waiting})
