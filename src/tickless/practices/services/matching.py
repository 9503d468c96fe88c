"""What a source found → claims about our services, edges and items, and rows that do not fit. Pure.

A source's own name for a thing leads to the same thing again, even when it is renamed there. Else its name or alias decides; a
name that nobody has makes a new service. Two of one name in different scopes stay apart.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tickless.domain.claim import Claim, ClaimKind, RefusedRow
from tickless.domain.hours import read_hours
from tickless.domain.record import Untrusted
from tickless.domain.world import World
from tickless.kit.cells import slug
from tickless.practices.services.claims import claim_id
from tickless.practices.services.core import edge_key
from tickless.sdk.capabilities.inventory import FoundEdge, FoundItem, FoundService, Inventory

LONGEST_ID = 64
_KINDS = frozenset({"business", "application", "platform", "infrastructure"})
_LIFECYCLES = frozenset({"planned", "live", "retiring", "retired"})


@dataclass(frozen=True)
class Teller:
    """Who says it, and when it was heard."""

    source: str
    origin: str
    at: dt.datetime


@dataclass(frozen=True)
class Matched:
    """Claims by id, and rows that do not fit."""

    claims: Mapping[str, Claim]
    refused: tuple[RefusedRow, ...]


@dataclass
class _Matching:
    teller: Teller
    known: World
    before: Mapping[tuple[ClaimKind, str], Claim]
    """This source's claims so far, by what it calls the thing."""
    keys: dict[str, str] = field(default_factory=dict)
    """The source's name for a service → our id."""
    taken: dict[str, str] = field(default_factory=dict)
    """Our id → the source's name for it."""
    claims: dict[str, Claim] = field(default_factory=dict)
    refused: dict[str, RefusedRow] = field(default_factory=dict)


def match(inventory: Inventory, *, teller: Teller, known: World, before: Iterable[Claim]) -> Matched:
    """Claims that a source's answer makes, over what it said `before`."""
    own = {(claim.kind, claim.ref): claim for claim in before if claim.ref}
    work = _Matching(teller, known, own)
    names = Counter(" ".join(one.name.casefold().split()) for one in inventory.services)
    for found in inventory.services:
        _service(work, found, alone=names[" ".join(found.name.casefold().split())] == 1)
    for edge in inventory.edges:
        _edge(work, edge)
    for item in inventory.items:
        _item(work, item)
    for misfit in inventory.misfits:
        _refuse(work, misfit.place, misfit.field, (misfit.reason, misfit.mend), None)
    return Matched(work.claims, tuple(work.refused.values()))


def _service(work: _Matching, found: FoundService, *, alone: bool) -> None:
    key = _service_key(work, found, alone=alone)
    if not key:
        mend = "give it a name with letters or digits"
        _refuse(work, found.place or found.ref, "name", ("no id can be made of its name", mend), found)
        return
    if work.taken.setdefault(key, found.ref) != found.ref:
        reason = f"{_tame(found.name)} and {_tame(work.taken[key])} lead to the same service {key}"
        _refuse(work, found.place or found.ref, "name", (reason, "give one of them another name or alias"), found)
        return
    work.keys[found.ref] = key
    values, wrong = _service_values(work, found)
    for name, why in wrong:
        _refuse(work, found.place or found.ref, name, why, None)
    _claim(work, "service", key, found.ref, values)


def _service_key(work: _Matching, found: FoundService, *, alone: bool) -> str:
    before = work.before.get(("service", found.ref))
    if before is not None:
        return before.key
    scoped = f"{found.scope}/{found.name}" if found.scope else found.name
    for name in [found.name, *found.aliases] if alone else [scoped]:
        one = work.known.service_named(name)
        if one is not None:
            return one.id
    made = slug(found.name if alone else scoped)[:LONGEST_ID]
    if alone and made in work.taken:
        made = slug(scoped)[:LONGEST_ID]
    return made


def _service_values(work: _Matching, found: FoundService) -> tuple[dict[str, Any], list[tuple[str, tuple[str, str]]]]:
    """What it states, less what does not fit, with the reasons."""
    owner = work.known.person_called(found.owner) if found.owner else None
    stated: dict[str, Any] = {
        "name": found.name,
        "aliases": list(found.aliases),
        "kind": found.kind,
        "criticality": found.criticality,
        "owner": owner.id if owner else None,
        "team": found.team or ("" if owner else found.owner),
        "system": found.system,
        "supplier": found.supplier,
        "lifecycle": found.lifecycle,
        "hours": found.hours,
        "description": found.description,
    }
    wrong = []
    if found.kind and found.kind not in _KINDS:
        wrong.append(("kind", (f"{_tame(found.kind)!r} is no kind", ", ".join(sorted(_KINDS)))))
        stated["kind"] = ""
    if found.lifecycle and found.lifecycle not in _LIFECYCLES:
        wrong.append(("lifecycle", (f"{_tame(found.lifecycle)!r} is no state", ", ".join(sorted(_LIFECYCLES)))))
        stated["lifecycle"] = ""
    try:
        if found.hours:
            read_hours(found.hours)
    except ValueError as error:
        wrong.append(("hours", (str(error), "write for example Mon-Fri 08:00-18:00 Europe/Berlin")))
        stated["hours"] = ""
    return {name: _shown(value) for name, value in stated.items() if value not in (None, "", [])}, wrong


def _end(work: _Matching, name: str) -> str | None:
    if name in work.keys:
        return work.keys[name]
    before = work.before.get(("service", name))
    if before is not None:
        return before.key
    found = work.known.service_named(name)
    return found.id if found else None


def _edge(work: _Matching, edge: FoundEdge) -> None:
    ends = [(part, name, _end(work, name)) for part, name in (("service", edge.service), ("needs", edge.needs))]
    place = edge.place or f"{_tame(edge.service)} → {_tame(edge.needs)}"
    for part, name, key in ends:
        if key is None:
            mend = "bring the service in, or give this name as an alias to the one that it means"
            _refuse(work, place, part, (f"there is no service {_tame(name)!r}", mend), edge)
            return
    service, needs = str(ends[0][2]), str(ends[1][2])
    if service == needs:
        return
    _claim(
        work,
        "dependency",
        edge_key(service, needs),
        "",
        {"service": service, "needs": needs},
        confidence=edge.confidence,
        seen=edge.last_seen,
        reason=_tame(edge.why, 500),
    )


def _item(work: _Matching, item: FoundItem) -> None:
    key = "-".join(item.ref.split())[:LONGEST_ID]
    if not key or not key[0].isalnum() or not key.isprintable():
        mend = "give it an id that begins with a letter or digit"
        _refuse(work, item.place or item.ref, "id", (f"{_tame(item.ref)!r} is no id", mend), item)
        return
    service = _end(work, item.service) if item.service else None
    if item.service and service is None:
        mend = "bring the service in, or give this name as an alias to the one that it means"
        _refuse(work, item.place or key, "service", (f"there is no service {_tame(item.service)!r}", mend), item)
    values: dict[str, Any] = {"kind": _tame(item.kind), "name": _tame(item.name, 200), "service": service or ""}
    attributes = {_tame(name): _tame(value, 500) for name, value in sorted(item.attributes.items())}
    values = {name: value for name, value in {**values, "attributes": attributes}.items() if value}
    _claim(work, "item", key, item.ref, values)


def _claim(
    work: _Matching,
    kind: ClaimKind,
    key: str,
    ref: str,
    values: dict[str, Any],
    *,
    confidence: float = 1.0,
    seen: dt.datetime | None = None,
    reason: str = "",
) -> None:
    teller = work.teller
    at = min(seen or teller.at, teller.at)
    identity = claim_id(teller.source, kind, key)
    work.claims[identity] = Claim(
        id=identity, source=teller.source, origin=teller.origin, kind=kind, key=key, ref=ref, values=values,
        confidence=round(confidence, 4), first_seen=at, last_seen=at, reason=reason,
    )  # fmt: skip


def _refuse(
    work: _Matching,
    place: str,
    part: str,
    why: tuple[str, str],
    found: FoundService | FoundEdge | FoundItem | None,
) -> None:
    teller = work.teller
    reason, mend = (_tame(text, 300) for text in why)
    mark = "\x00".join((teller.source, place, part, reason))
    identity = "ref_" + hashlib.sha256(mark.encode(errors="replace")).hexdigest()[:40]
    kinds = {FoundService: "services", FoundEdge: "edges", FoundItem: "items"}
    body = {kinds[type(found)]: [found.model_dump(mode="json")]} if found is not None else None
    work.refused[identity] = RefusedRow(
        id=identity, source=teller.source, origin=teller.origin, place=_tame(place, 200) or "without a name", field=part,
        reason=reason, mend=mend, found=body, at=teller.at,
    )  # fmt: skip


def _shown(value: Any) -> Any:
    """Text without what cannot be seen: names from outside go on pages and into messages."""
    if isinstance(value, str):
        return _tame(value, 2_000)
    return [_tame(part, 200) for part in value] if isinstance(value, list) else value


def _tame(text: str, limit: int = 120) -> str:
    return Untrusted(text).tame(limit)
