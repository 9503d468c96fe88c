"""The map's history: what turned, and how it stood at a moment. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from tickless.domain.claim import MapSpan
from tickless.domain.service import Dependency, Service

MapThing = Service | Dependency
SpanKind = Literal["service", "dependency"]
STEP = 0.1
"""A confidence that moved less than this makes no new span: belief fades a little every day."""


def turned(
    open_now: Iterable[MapSpan], things: Mapping[tuple[str, str], MapThing], at: dt.datetime
) -> tuple[list[MapSpan], list[tuple[SpanKind, str, dict[str, Any]]]]:
    """(spans that end at `at`, things of which a span begins: kind, key, body)."""
    spans: dict[tuple[str, str], MapSpan] = {(span.kind, span.key): span for span in open_now}
    ended: list[MapSpan] = []
    begun: list[tuple[SpanKind, str, dict[str, Any]]] = []
    for known, span in spans.items():
        thing = things.get(known)
        if thing is None or not _same(span.body, thing):
            ended.append(span.model_copy(update={"valid_to": at}))
    over = {(span.kind, span.key) for span in ended}
    for named, thing in things.items():
        if named not in spans or named in over:
            kind: SpanKind = "service" if isinstance(thing, Service) else "dependency"
            begun.append((kind, named[1], thing.model_dump(mode="json")))
    return ended, begun


def _same(body: Mapping[str, Any], thing: MapThing) -> bool:
    if isinstance(thing, Service):
        return Service.model_validate(body) == thing
    before = Dependency.model_validate(body)
    return before.source == thing.source and abs(before.confidence - thing.confidence) < STEP


def standing_at(spans: Iterable[MapSpan]) -> tuple[list[Service], list[Dependency]]:
    """The records of spans that all stood at one moment."""
    services, edges = [], []
    for span in spans:
        if span.kind == "service":
            services.append(Service.model_validate(span.body))
        else:
            edges.append(Dependency.model_validate(span.body))
    return services, edges
