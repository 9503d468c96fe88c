"""Planned work holds alerts back: of the service itself whatever they say, of what needs it when they are what its absence
does. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from tickless.domain.known import Maintenance
from tickless.domain.world import World
from tickless.stages.correlate.hygiene.news import Held, News

HOPS = 3
CONSEQUENCES = frozenset(
    {"service_down", "process_down", "http_errors", "latency_high", "slow", "error_rate_high", "unknown"}
)
"""Classes of what hurts a service while something that it needs is worked on."""
AFTER = dt.timedelta(minutes=2)
"""After the end of planned work, things may take so long to come back."""


def holding_back(windows: Iterable[Maintenance], now: dt.datetime) -> list[Maintenance]:
    """Those that hold alerts back now."""
    return [one for one in windows if not one.cancelled and one.starts_at <= now < one.ends_at + _after(one)]


def _after(window: Maintenance) -> dt.timedelta:
    """A window that was hardly one has no time after it."""
    return min(AFTER, max(dt.timedelta(0), (window.ends_at - window.starts_at) / 10))


def worked_on(news: News, windows: Iterable[Maintenance], world: World, *, now: dt.datetime) -> Held | None:
    """The planned work that explains this alert, the nearest first; None where there is none."""
    open_now = holding_back(windows, now)
    if not open_now or news.service is None:
        return None
    near = {news.service: 0}
    if news.need in CONSEQUENCES:
        near |= world.upstream_of(news.service, hops=HOPS)
    found = [one for one in open_now if one.service in near]
    if not found:
        return None
    window = min(found, key=lambda one: (near[one.service], -one.ends_at.timestamp(), one.id))
    return Held(
        "maintenance",
        window.ends_at + _after(window),
        _why(window, news.service, near[window.service], world),
        window.id,
        window.owner or "tickless",
    )


def _why(window: Maintenance, service: str, distance: int, world: World) -> str:
    named = world.services.get(window.service)
    place = named.name if named else window.service
    mine = world.services.get(service)
    where = f"on {place}" if distance == 0 else f"on {place}, which {mine.name if mine else service} needs"
    change = f" (change {window.change})" if window.change else ""
    return f"Planned work {where}: {window.title.rstrip('.')}{change}, until {window.ends_at:%Y-%m-%d %H:%M} UTC."
