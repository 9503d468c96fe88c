"""The map for whoever looks at it: as it stands or stood, what is stale, and the story of one edge or service."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from tickless.domain.claim import Claim, ClaimKind, MapSpan
from tickless.domain.errors import NotFound
from tickless.domain.service import Dependency, Service
from tickless.journal import Tx
from tickless.practices.services.claims import (
    Conflict,
    all_stale,
    belief,
    conflicts_of,
    fade,
    good_names,
    stale,
)
from tickless.practices.services.core import edge_key
from tickless.practices.services.settling import ALL, Things, by_thing, claim_of
from tickless.practices.services.spans import standing_at


@dataclass(frozen=True)
class MapAt:
    """The map at a moment. `since`: how far back its history goes; `stale`: kind and key of what nobody says freshly."""

    at: dt.datetime
    since: dt.datetime | None
    services: tuple[Service, ...]
    edges: tuple[Dependency, ...]
    stale: frozenset[tuple[str, str]]


def map_at(tx: Tx, *, at: dt.datetime | None, now: dt.datetime) -> MapAt:
    """The map as it is, or as it stood at `at`: then staleness is not known any more, and nothing is marked."""
    spans = tx.map_spans.table.c
    first = tx.map_spans.where(order=spans.valid_from, limit=1)
    since = first[0].valid_from if first else None
    if at is not None and at < now:
        open_then = (spans.valid_from <= at) & (spans.valid_to.is_(None) | (spans.valid_to > at))
        services, edges = standing_at(tx.map_spans.where(open_then, order=spans.key, limit=ALL))
        return MapAt(at, since, tuple(services), tuple(edges), frozenset())
    old = frozenset(_stale_of(by_thing(tx.map_claims.where(limit=ALL)), now))
    edges_now = tuple(edge for edge in tx.dependencies.where(limit=ALL) if edge.confidence > 0)
    return MapAt(now, since, tuple(tx.services.where(limit=ALL)), edges_now, old)


def _stale_of(things: Things, now: dt.datetime) -> list[tuple[str, str]]:
    return [key for key, claims in things.items() if all_stale([one for one in claims if one.stands == "says"], now)]


@dataclass(frozen=True)
class StaleThing:
    """Something that nobody says freshly. `gone`: its sources took it back."""

    kind: ClaimKind
    key: str
    sources: tuple[str, ...]
    last_seen: dt.datetime
    gone: bool


def stale_things(tx: Tx, *, now: dt.datetime) -> list[StaleThing]:
    """What is stale, the least lately seen first."""
    things = by_thing(tx.map_claims.where(limit=ALL))
    found = []
    for kind, key in ((kind, key) for kind, key in things if all_stale(things[kind, key], now)):
        claims = things[kind, key]
        last = max(claim.last_seen for claim in claims)
        gone = all(claim.withdrawn_at is not None for claim in claims)
        found.append(StaleThing(kind, key, tuple(sorted({claim.source for claim in claims})), last, gone))
    return sorted(found, key=lambda one: (one.last_seen, one.kind, one.key))


@dataclass(frozen=True)
class Word:
    """One source's word on an edge or a service. `weight`: how much it counts now, by its age and its good name."""

    claim: Claim
    weight: float
    stale: bool


@dataclass(frozen=True)
class EdgeStory:
    """Who says that an edge is there, who denies it, and how it stood before. `edge`: as it counts now."""

    edge: Dependency
    denied: bool
    words: tuple[Word, ...]
    conflicts: tuple[Conflict, ...]
    spans: tuple[MapSpan, ...]
    back: bool
    """Sources also tell of the edge the other way round."""


def edge_story(tx: Tx, service: str, needs: str, *, now: dt.datetime) -> EdgeStory:
    """Raises `NotFound` for an edge that nobody ever told of."""
    key = edge_key(service, needs)
    all_edges = tx.map_claims.where(tx.map_claims.table.c.kind == "dependency", limit=ALL)
    told = [claim for claim in all_edges if claim.key == key]
    table = tx.dependencies.table.c
    standing = tx.dependencies.where(table.service == service, table.needs == needs)
    told += [claim_of(edge) for edge in standing if all(claim.source != edge.source for claim in told)]
    if not told:
        raise NotFound(f"nobody says that {service[:60]} needs {needs[:60]}")
    names = good_names(all_edges)
    held = belief(told, now=now, names=names)
    edge = Dependency(
        service=service, needs=needs, source=held.source, confidence=held.confidence, last_seen=held.last_seen
    )
    back = edge_key(needs, service)
    spans = tx.map_spans.where(
        tx.map_spans.table.c.kind == "dependency", tx.map_spans.table.c.key == key,
        order=tx.map_spans.table.c.valid_from.desc(), limit=50,
    )  # fmt: skip
    return EdgeStory(
        edge, held.denied, words_of(told, now, names), tuple(conflicts_of(told)), tuple(spans),
        any(claim.key == back and claim.stands == "says" for claim in all_edges),
    )  # fmt: skip


def words_of(claims: Sequence[Claim], now: dt.datetime, names: dict[str, float]) -> tuple[Word, ...]:
    """Each word with its weight, the weightiest first."""
    found = [
        Word(claim, round(claim.confidence * fade(claim, now) * names.get(claim.source, 1.0), 2), stale(claim, now))
        for claim in claims
    ]
    return tuple(sorted(found, key=lambda one: (-one.weight, one.claim.source)))


def service_words(tx: Tx, service: str, *, now: dt.datetime) -> tuple[tuple[Word, ...], tuple[Conflict, ...]]:
    """Who says what of a service, and where they contradict each other."""
    told = tx.map_claims.by(kind="service", key=service)
    return words_of(told, now, {}), tuple(conflicts_of(told))


def all_conflicts(tx: Tx) -> list[Conflict]:
    """Every contradiction on the map, by kind and key."""
    things = by_thing(tx.map_claims.where(limit=ALL))
    return [one for key in sorted(things) for one in conflicts_of(things[key])]
