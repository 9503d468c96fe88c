"""Catalogue entities → services, edges and misfits. Pure and total.

Components and resources are services. What a component depends on, and whose API it consumes, it needs. Libraries run nowhere:
they are none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tickless.domain.record import Untrusted
from tickless.sdk.capabilities.inventory import FoundEdge, FoundService, Inventory, Misfit
from tickless.sdk.fields import Fields

DEFAULT = "default"
_KINDS = frozenset({"component", "resource", "api", "system", "group"})
_LIFECYCLE = {"experimental": "live", "production": "live", "deprecated": "retiring"}
_PLATFORM = frozenset({"database", "queue", "topic", "cache", "message-broker", "messaging", "cluster"})
OWN = "tickless.io/"
"""Prefix of annotations that say what Backstage has no field for: criticality, hours, supplier, team."""
THROUGH_API = 0.9
"""How sure a need is that is told through an API's provider."""


@dataclass(frozen=True)
class Entity:
    """One entity with its reference, such as `component:default/shop-web`."""

    ref: str
    kind: str
    name: str
    namespace: str
    meta: Fields
    spec: Fields
    place: str


@dataclass
class _Reading:
    entities: dict[str, Entity] = field(default_factory=dict)
    misfits: list[Misfit] = field(default_factory=list)


def read_entities(found: Iterable[tuple[str, Any] | Misfit], *, whole: bool) -> Inventory:
    """Everything that (place, document) pairs tell; misfits are passed on."""
    reading = _Reading()
    for one in found:
        if isinstance(one, Misfit):
            reading.misfits.append(one)
        else:
            _take(reading, *one)
    services = [_service(entity, reading) for entity in reading.entities.values() if _runs(entity)]
    edges = _edges(reading)
    return Inventory(services=tuple(services), edges=tuple(edges), misfits=tuple(reading.misfits), whole=whole)


def _take(reading: _Reading, place: str, document: Any) -> None:
    if not isinstance(document, Mapping):
        reading.misfits.append(
            Misfit(place=place, reason="is no entity", mend="an entity has apiVersion, kind, metadata")
        )
        return
    fields = Fields(document)
    kind = fields.text("kind").lower()
    meta, spec = fields.part("metadata"), fields.part("spec")
    if kind and kind not in _KINDS:
        return  # users, locations, templates, domains: nothing of the map
    name = meta.text("name")
    for part, there in (("kind", kind), ("metadata.name", name)):
        if not there:
            reading.misfits.append(
                Misfit(place=place, field=part, reason="is missing", mend=f"give the entity a {part}")
            )
            return
    namespace = meta.text("namespace") or DEFAULT
    ref = f"{kind}:{namespace}/{name}".lower()
    if ref in reading.entities:
        reason = f"{_tame(ref)} is at {reading.entities[ref].place} too"
        reading.misfits.append(Misfit(place=place, field="metadata.name", reason=reason, mend="keep one of them"))
        return
    if len(ref) > 300 or len(name) > 200:
        reading.misfits.append(
            Misfit(place=place, field="metadata.name", reason="is too long", mend="at most 63 signs")
        )
        return
    reading.entities[ref] = Entity(ref, kind, name, namespace, meta, spec, place)


def _runs(entity: Entity) -> bool:
    if entity.kind == "component":
        return entity.spec.text("type").lower() not in {"library", "documentation", "template"}
    return entity.kind == "resource"


def _service(entity: Entity, reading: _Reading) -> FoundService:
    own = entity.meta.part("annotations")
    title = _tame(entity.meta.text("title"), 200)
    owner = _owner(entity.spec.text("owner"), reading)
    type_ = entity.spec.text("type").lower()
    kind = "application" if entity.kind == "component" else "platform" if type_ in _PLATFORM else "infrastructure"
    lifecycle = entity.spec.text("lifecycle").lower()
    return FoundService(
        ref=entity.ref,
        name=title or _tame(entity.name, 200),
        scope="" if entity.namespace == DEFAULT else _tame(entity.namespace, 200),
        aliases=(entity.name,) if title and title != entity.name else (),
        kind=kind,
        criticality=_criticality(entity, own, reading),
        owner=owner[0],
        team=own.text(f"{OWN}team")[:200] or owner[1],
        system=_system(entity, reading),
        supplier=own.text(f"{OWN}supplier")[:200],
        lifecycle=_LIFECYCLE.get(lifecycle, ""),
        hours=own.text(f"{OWN}hours")[:200],
        description=_tame(entity.meta.text("description"), 2_000),
        place=entity.place,
    )


def _criticality(entity: Entity, own: Fields, reading: _Reading) -> int | None:
    said = own.text(f"{OWN}criticality")
    if said in {"1", "2", "3", "4"}:
        return int(said)
    if said:
        place = f"annotations.{OWN}criticality"
        reason = f"{_tame(said)!r} is no criticality"
        reading.misfits.append(Misfit(place=entity.place, field=place, reason=reason, mend="1, 2, 3 or 4"))
    return None


def _owner(said: str, reading: _Reading) -> tuple[str, str]:
    """(a person, a team) of an owner's reference; without a kind it is a group."""
    if not said:
        return "", ""
    ref = _ref(said, "group", DEFAULT)
    kind, _, rest = ref.partition(":")
    name = rest.partition("/")[2]
    if kind == "user":
        return name, ""
    group = reading.entities.get(ref)
    return "", _tame(group.meta.text("name") if group else said.rpartition("/")[2].rpartition(":")[2], 200)


def _system(entity: Entity, reading: _Reading) -> str:
    said = entity.spec.text("system")
    if not said:
        return ""
    found = reading.entities.get(_ref(said, "system", entity.namespace))
    return _tame((found.meta.text("title", "name") if found else said.rpartition("/")[2].rpartition(":")[2]), 200)


def _edges(reading: _Reading) -> list[FoundEdge]:
    providers: dict[str, list[Entity]] = {}
    for entity in reading.entities.values():
        for api in _refs(entity, "providesApis", "api"):
            providers.setdefault(api, []).append(entity)
    found: dict[tuple[str, str], FoundEdge] = {}

    def say(service: str, needs: str, sure: float, why: str, place: str) -> None:
        if service != needs:
            found.setdefault(
                (service, needs), FoundEdge(service=service, needs=needs, confidence=sure, why=why, place=place)
            )

    for entity in filter(_runs, reading.entities.values()):
        for need in _refs(entity, "dependsOn", "component"):
            target = reading.entities.get(need)
            if target is not None and target.kind == "api":
                for provider in filter(_runs, providers.get(need, ())):
                    say(entity.ref, provider.ref, THROUGH_API, f"depends on {_tame(need)}", entity.place)
            elif target is None or _runs(target):
                say(entity.ref, need if target else _plain(need), 1.0, "dependsOn", entity.place)
        for other in _refs(entity, "dependencyOf", "component"):
            if other not in reading.entities or _runs(reading.entities[other]):
                say(
                    other if other in reading.entities else _plain(other), entity.ref, 1.0, "dependencyOf", entity.place
                )
        for api in _refs(entity, "consumesApis", "api"):
            for provider in filter(_runs, providers.get(api, ())):
                say(entity.ref, provider.ref, THROUGH_API, f"consumes {_tame(api)}", entity.place)
    return list(found.values())


def _refs(entity: Entity, name: str, kind: str) -> Sequence[str]:
    said = entity.spec.values.get(name)
    refs = [said] if isinstance(said, str) else said if isinstance(said, list) else []
    return [_ref(one, kind, entity.namespace) for one in refs[:1_000] if isinstance(one, str) and 0 < len(one) < 300]


def _ref(said: str, kind: str, namespace: str) -> str:
    """A reference with all three parts: `[kind:][namespace/]name`."""
    head, colon, rest = said.strip().partition(":")
    kind, rest = (head, rest) if colon else (kind, head)
    space, slash, name = rest.partition("/")
    return (f"{kind}:{space}/{name}" if slash else f"{kind}:{namespace}/{rest}").lower()


def _plain(ref: str) -> str:
    """The name alone, of what is not in this catalogue: the house may know it."""
    return ref.rpartition("/")[2] or ref


def _tame(text: str, limit: int = 120) -> str:
    return Untrusted(text).tame(limit)
