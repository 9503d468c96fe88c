"""What people say of the map themselves: an edge is there or is not, a service is so. It wins over discovery, and teaches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic import ValidationError

from tickless.domain.claim import PERSON, Claim
from tickless.domain.errors import BadInput, NotFound
from tickless.domain.service import Dependency, Service
from tickless.journal import Tx
from tickless.practices.services.claims import claim_id
from tickless.practices.services.core import edge_key
from tickless.practices.services.settling import adopt, claim_of, settle_edge, settle_map

Judgement = Literal["confirm", "reject", "withdraw"]
STATED = frozenset(
    {"name", "aliases", "kind", "criticality", "environment", "owner", "team", "users", "description", "system", "supplier",
     "lifecycle", "hours"}
)  # fmt: skip
"""Fields of a service that a person may state."""


def judge_edge(
    tx: Tx, service: str, needs: str, judgement: Judgement, *, by: str, reason: str, at: dt.datetime
) -> Dependency:
    """Say that an edge is there (also a new one), or is not, or take back what was said of it. Twice is once.

    Raises `NotFound` (a service, or an edge that nobody told of), `BadInput`.
    """
    if service == needs:
        raise BadInput("a service does not need itself")
    for one in (service, needs):
        tx.services.need(one)
    key = edge_key(service, needs)
    told = _told(tx, key)
    own = [claim for claim in told if claim.origin == PERSON and claim.withdrawn_at is None]
    if judgement == "withdraw":
        if not own:
            raise NotFound("nobody has judged this edge")
        put = [claim.model_copy(update={"withdrawn_at": at}) for claim in own]
    else:
        if judgement == "reject" and not told:
            raise NotFound(f"nobody says that {service[:60]} needs {needs[:60]}")
        put = [_said(f"{PERSON}:{by}", "dependency", key, {"service": service, "needs": needs}, own, at=at, reason=reason,
                     stands="says" if judgement == "confirm" else "denies")]  # fmt: skip
    tx.map_claims.put_all(put)
    action = {
        "confirm": "map.edge_confirmed",
        "reject": "map.edge_rejected",
        "withdraw": "map.edge_judgement_withdrawn",
    }
    tx.audit.append(at=at, actor=by, action=action[judgement], subject=f"edge:{key}",
                    detail={"reason": reason, "said_by": sorted({claim.source for claim in told})})  # fmt: skip
    settle_map(tx, at=at)
    found = settle_edge(tx, key, at=at)
    assert found is not None, "it has a claim"
    return found


def _told(tx: Tx, key: str) -> list[Claim]:
    """Claims of an edge; one that stands in the records only is taken as a claim first."""
    told = tx.map_claims.by(kind="dependency", key=key)
    service, _, needs = key.partition(" → ")
    table = tx.dependencies.table.c
    for edge in tx.dependencies.where(table.service == service, table.needs == needs):
        if all(claim.source != edge.source for claim in told):
            told.append(tx.map_claims.put(claim_of(edge)))
    return told


def state_service(tx: Tx, service: str, values: Mapping[str, Any], *, by: str, reason: str, at: dt.datetime) -> Service:
    """State fields of a service; an empty value takes back what people said of that field. Raises `NotFound`, `BadInput`."""
    if strange := sorted(set(values) - STATED):
        raise BadInput(f"{strange[0][:40]!r} is no field that can be stated", mend=", ".join(sorted(STATED)))
    before = tx.services.need(service)
    told = tx.map_claims.by(kind="service", key=service)
    if not told:
        told = [tx.map_claims.put(adopt("service", service, before, at=at))]
    _check(tx, before, values)
    own = [claim for claim in told if claim.origin == PERSON]
    said = {name: value for claim in sorted(own, key=lambda one: one.last_seen) for name, value in claim.values.items()}
    said = {name: value for name, value in {**said, **values}.items() if value not in (None, "", [], ())}
    tx.map_claims.put_all(claim.model_copy(update={"values": {}}) for claim in own)
    tx.map_claims.put(_said(PERSON, "service", service, said, own, at=at, reason=reason))
    settle_map(tx, at=at)
    after = tx.services.need(service)
    changed = {
        name: value
        for name, value in after.model_dump(mode="json").items()
        if value != before.model_dump(mode="json")[name]
    }
    tx.audit.append(at=at, actor=by, action="map.service_stated", subject=f"service:{service}",
                    detail={"reason": reason, "fields": sorted(values), "now": changed})  # fmt: skip
    return after


def _check(tx: Tx, before: Service, values: Mapping[str, Any]) -> None:
    try:
        Service.model_validate({**before.model_dump(), **{name: value for name, value in values.items() if value}})
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise BadInput(f"{'.'.join(str(part) for part in first['loc'])}: {first['msg'][:200]}") from None
    owner = values.get("owner")
    if owner and tx.people.get(str(owner)) is None:
        raise BadInput(f"there is nobody with the id {str(owner)[:60]!r}", mend="look them up under people")


def _said(
    source: str,
    kind: Literal["service", "dependency"],
    key: str,
    values: dict[str, Any],
    own: Iterable[Claim],
    *,
    at: dt.datetime,
    reason: str,
    stands: Literal["says", "denies"] = "says",
) -> Claim:
    first = min((claim.first_seen for claim in own), default=at)
    return Claim(
        id=claim_id(source, kind, key), source=source, origin=PERSON, kind=kind, key=key, values=values, stands=stands,
        first_seen=first, last_seen=at, reason=reason,
    )  # fmt: skip


def learn_edge(tx: Tx, edge: Dependency, *, at: dt.datetime) -> Dependency:
    """An edge that the house has learnt by itself: a claim among others, which a person's word outweighs. How it counts."""
    claim = claim_of(edge)
    before = tx.map_claims.get(claim.id)
    if before is not None:
        claim = claim.model_copy(update={"first_seen": before.first_seen})
    _told(tx, claim.key)
    tx.map_claims.put(claim)
    found = settle_edge(tx, claim.key, at=at)
    assert found is not None, "it has a claim"
    return found
