"""Telemetry: who sends it, how much is kept of it, what is unusual now, and who calls whom."""

from __future__ import annotations

from starlette.routing import BaseRoute

from tickless.domain.record import Untrusted
from tickless.doors.console.frame import Frame, Screen, Visit
from tickless.stages.sense.telemetry.labels import NAME, Labels
from tickless.stages.sense.telemetry.told import number

MOST = 50


def routes(frame: Frame) -> list[BaseRoute]:
    return [frame.show("/telemetry", "read", page)]


def page(visit: Visit) -> Screen:
    room = visit.desk.telemetry.room
    if room is None:
        return Screen("telemetry.html", {"state": None, "aside": 0})
    unusual = [(called(one.labels), one.source, one.since) for one in room.unusual()[:MOST]]
    calls = sorted(room.calls(), key=lambda one: -one.count)[:MOST]
    names = {name: _tamed(name) for one in calls for name in (one.caller, one.callee)}
    return Screen(
        "telemetry.html",
        {"state": room.state(), "unusual": unusual, "calls": calls, "names": names, "spoken": number, "aside": 0},
    )


def called(labels: Labels) -> str:
    """A series as people of Prometheus write it."""
    named = dict(labels)
    name = named.pop(NAME, "")
    inside = ", ".join(f"{key}={value}" for key, value in named.items())
    return _tamed(f"{name}{{{inside}}}" if inside else name)


def _tamed(text: str) -> str:
    return Untrusted(text).tame(300)
