"""The map as it counts: made of all claims, written where it changed, with a span of history for each change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from tickless.domain.claim import Claim, ClaimKind, MapSpan
from tickless.domain.service import ConfigurationItem, Dependency, Service
from tickless.journal import Tx
from tickless.kit.ids import new_ids
from tickless.practices.services.claims import Belief, belief, claim_id, fields_of, good_names, origin_of
from tickless.practices.services.core import dependency_key
from tickless.practices.services.spans import MapThing, turned

ALL = 1_000_000
RECORDS = "records"
"""Source of what stood in the records before anybody said where it comes from."""
R = TypeVar("R", Service, ConfigurationItem, Dependency)
Things = dict[tuple[ClaimKind, str], list[Claim]]


@dataclass(frozen=True)
class Settled:
    """How many records changed, and how many spans of history began or ended with it."""

    services: int = 0
    edges: int = 0
    items: int = 0
    spans: int = 0
    adopted: int = 0

    @property
    def any(self) -> bool:
        return bool(self.services or self.edges or self.items or self.spans or self.adopted)

    @property
    def seen(self) -> bool:
        """Whoever reads the map sees a difference."""
        return bool(self.services or self.edges or self.items)


def by_thing(claims: Iterable[Claim]) -> Things:
    """Claims about the same thing, together."""
    found: Things = {}
    for claim in claims:
        found.setdefault((claim.kind, claim.key), []).append(claim)
    return found


def settle_map(tx: Tx, *, at: dt.datetime, items: bool = False, dry_run: bool = False) -> Settled:
    """Work the map out anew and write what is different. What stands in the records and nobody claims is taken as a claim of
    its own source first, so nothing is lost that others wrote.

    `items`: configuration items too, which change only when a source speaks of them. `dry_run`: only count what is different.
    """
    kind = tx.map_claims.table.c.kind
    claims = tx.map_claims.where(*(() if items else (kind != "item",)), limit=ALL)
    services = {one.id: one for one in tx.services.where(limit=ALL)}
    things = {one.id: one for one in tx.items.where(limit=ALL)} if items else {}
    edges = {dependency_key(one): one for one in tx.dependencies.where(limit=ALL)}
    adopted = _adopted(by_thing(claims), services, things, edges, at)
    renewed = {claim.id for claim in adopted}
    told = by_thing([*(claim for claim in claims if claim.id not in renewed), *adopted])
    names = good_names(claim for found in told.values() for claim in found)
    new_services, new_items = _services(told, services), _items(told)
    new_edges = _edges(told, names, {*services, *new_services}, at)
    put_services, put_items = _different(new_services, services), _different(new_items, things)
    put_edges = _different(new_edges, edges)
    spans = _turned(tx, {**services, **new_services}, {**edges, **new_edges}, at)
    if not dry_run:
        tx.map_claims.put_all(adopted)
        tx.services.put_all(put_services)
        tx.items.put_all(put_items)
        tx.dependencies.put_all(put_edges)
        tx.map_spans.put_all(spans)
    return Settled(len(put_services), len(put_edges), len(put_items), len(spans), len(adopted))


def settle_edge(tx: Tx, key: str, *, at: dt.datetime) -> Dependency | None:
    """The same for one edge, without the history, which follows with the whole map."""
    claims = tx.map_claims.where(tx.map_claims.table.c.kind == "dependency", limit=ALL)
    told = [claim for claim in claims if claim.key == key]
    if not told:
        return None
    found = _edge(told, belief(told, now=at, names=good_names(claims)))
    tx.dependencies.put(found)
    return found


def _different(new: Mapping[str, R], old: Mapping[str, R]) -> list[R]:
    return [record for key, record in new.items() if old.get(key) != record]


def _services(things: Things, known: Mapping[str, Service]) -> dict[str, Service]:
    told = {key: claims for (kind, key), claims in sorted(things.items()) if kind == "service"}
    names = {name.casefold(): key for key in [*known, *told] for name in (key,)}
    found = {}
    for key, claims in told.items():
        fields = {"name": key, **fields_of(claims), "id": key}
        wanted = [str(name) for name in fields.get("aliases") or ()]
        names.setdefault(str(fields["name"]).casefold(), key)
        fields["aliases"] = tuple(name for name in wanted if names.setdefault(name.casefold(), key) == key)
        found[key] = Service.model_validate(fields)
    return found


def _items(things: Things) -> dict[str, ConfigurationItem]:
    found = {}
    for (kind, key), claims in things.items():
        fields = fields_of(claims)
        if kind == "item" and fields.get("kind") and fields.get("name"):
            found[key] = ConfigurationItem.model_validate({**fields, "id": key})
    return found


def _edges(things: Things, names: Mapping[str, float], services: set[str], at: dt.datetime) -> dict[str, Dependency]:
    found = {}
    for (kind, key), claims in things.items():
        if kind == "dependency":
            edge = _edge(claims, belief(claims, now=at, names=names))
            if {edge.service, edge.needs} <= services:
                found[key] = edge
    return found


def _edge(claims: Sequence[Claim], held: Belief) -> Dependency:
    ends = next(claim.values for claim in claims if claim.values)
    return Dependency(
        service=str(ends["service"]),
        needs=str(ends["needs"]),
        source=held.source,
        confidence=held.confidence,
        last_seen=held.last_seen,
    )


def _adopted(
    things: Things,
    services: Mapping[str, Service],
    items: Mapping[str, ConfigurationItem],
    edges: Mapping[str, Dependency],
    at: dt.datetime,
) -> list[Claim]:
    """Claims for records that nobody claims, and for edges that somebody else wrote meanwhile."""
    found = [adopt("service", key, one, at=at) for key, one in services.items() if ("service", key) not in things]
    found += [adopt("item", key, one, at=at) for key, one in items.items() if ("item", key) not in things]  # fmt: skip
    for key, edge in edges.items():
        said = next((claim for claim in things.get(("dependency", key), ()) if claim.source == edge.source), None)
        if said is None:
            found.append(claim_of(edge))
        elif edge.last_seen > said.last_seen:
            found.append(said.model_copy(update={"last_seen": edge.last_seen, "confidence": edge.confidence}))
    return found


def adopt(kind: ClaimKind, key: str, record: Service | ConfigurationItem, *, at: dt.datetime) -> Claim:
    """What a record says, as a claim of the records."""
    values = record.model_dump(mode="json", exclude_defaults=True, exclude={"id", "version"})
    return Claim(
        id=claim_id(RECORDS, kind, key), source=RECORDS, origin=RECORDS, kind=kind, key=key, values=values,
        first_seen=at, last_seen=at,
    )  # fmt: skip


def claim_of(edge: Dependency) -> Claim:
    """What an edge's record says, as a claim of its source."""
    key = dependency_key(edge)
    return Claim(
        id=claim_id(edge.source, "dependency", key), source=edge.source, origin=origin_of(edge.source), kind="dependency",
        key=key, values={"service": edge.service, "needs": edge.needs}, confidence=edge.confidence,
        first_seen=edge.last_seen, last_seen=edge.last_seen,
    )  # fmt: skip


def state_records(
    tx: Tx,
    kind: Literal["service", "item"],
    known: Mapping[str, Service] | Mapping[str, ConfigurationItem],
    at: dt.datetime,
    records: Iterable[Service | ConfigurationItem],
) -> None:
    """Claim for the records what a file makes different. The map has to be settled afterwards."""
    told = tx.map_claims.where(tx.map_claims.table.c.kind == kind, limit=ALL)
    claimed, own = {claim.key for claim in told}, {claim.key: claim for claim in told if claim.source == RECORDS}
    put = []
    for record in records:
        old, claim = known.get(record.id), own.get(record.id)
        if old is not None and record.id not in claimed:
            claim = adopt(kind, record.id, old, at=at)
        whole = record.model_dump(mode="json", exclude={"id", "version"})
        was = old.model_dump(mode="json") if old is not None else {}
        new = {name: value for name, value in whole.items() if was.get(name) != value}
        values = {**(claim.values if claim else {}), **new}
        said = {name: value for name, value in values.items() if value not in (None, "", [], {})}
        first = claim.first_seen if claim else at
        put.append(adopt(kind, record.id, record, at=at).model_copy(update={"values": said, "first_seen": first}))
    tx.map_claims.put_all(put)


def state_edges(tx: Tx, edges: Iterable[Dependency]) -> None:
    """Claim edges as their sources say them. The map has to be settled afterwards."""
    since = {claim.id: claim.first_seen for claim in tx.map_claims.by(kind="dependency", limit=ALL)}
    claims = (claim_of(edge) for edge in edges)
    tx.map_claims.put_all(one.model_copy(update={"first_seen": since.get(one.id, one.first_seen)}) for one in claims)


def _turned(tx: Tx, services: Mapping[str, Service], edges: Mapping[str, Dependency], at: dt.datetime) -> list[MapSpan]:
    """Spans that end and spans that begin because something is different now."""
    open_now = tx.map_spans.where(tx.map_spans.table.c.valid_to.is_(None), limit=ALL)
    things: dict[tuple[str, str], MapThing] = {("service", key): one for key, one in services.items()}
    things |= {("dependency", key): one for key, one in edges.items() if one.confidence > 0}
    ended, begun = turned(open_now, things, at)
    ids = new_ids("span", len(begun)) if begun else []
    made = [
        MapSpan(id=identity, kind=kind, key=key, valid_from=at, body=body)
        for identity, (kind, key, body) in zip(ids, begun, strict=True)
    ]
    return [*ended, *made]
