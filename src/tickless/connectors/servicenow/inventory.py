"""The CMDB's services and relations → the map. Pure and total."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from tickless.domain.record import Untrusted
from tickless.sdk.capabilities.inventory import FoundEdge, FoundItem, FoundService, Inventory, Misfit

SERVICE_FIELDS = (
    "sys_id,name,short_description,busines_criticality,operational_status,service_classification,"
    "owned_by.email,owned_by.user_name,support_group.name,vendor.name,number"
)
RELATION_FIELDS = "sys_id,parent,parent.name,parent.sys_class_name,child,child.name,child.sys_class_name,type.name"
NEEDS = ("depends on", "runs on", "hosted on", "uses", "connects to", "powered by", "members of")
"""Beginnings of a relation's parent side, such as `Depends on::Used by`: then the parent needs the child."""
_SYS_ID = re.compile(r"[0-9a-f]{32}")
_LIFECYCLE = {"1": "live", "2": "retired", "3": "live", "4": "live", "5": "planned", "6": "retired"}
_KIND = {"business service": "business", "technical service": "platform", "application service": "application"}
Row = Mapping[str, Any]


def read_cmdb(services: Iterable[Row], relations: Iterable[Row], *, whole: bool = True) -> Inventory:
    """Services, what they need, and the items that they run on. `busines_criticality` is the table's own spelling."""
    found: dict[str, FoundService] = {}
    misfits: list[Misfit] = []
    for row in services:
        sys_id, name = _text(row, "sys_id"), _text(row, "name")
        if not _SYS_ID.fullmatch(sys_id) or not name:
            place = f"cmdb_ci_service {_text(row, 'number') or sys_id or name or 'without a name'}"
            misfits.append(
                Misfit(place=place, field="name", reason="has no name or sys_id", mend="name it in the CMDB")
            )
            continue
        found[sys_id] = _service(row, sys_id, name)
    edges: dict[tuple[str, str], FoundEdge] = {}
    items: dict[str, FoundItem] = {}
    for row in relations:
        parent, child, kind = _text(row, "parent"), _text(row, "child"), _text(row, "type.name")
        if parent not in found or parent == child or not kind.lower().startswith(NEEDS):
            continue
        place = f"cmdb_rel_ci {_text(row, 'sys_id')}"
        if child in found:
            edges[parent, child] = FoundEdge(service=parent, needs=child, why=kind, place=place)
        elif _SYS_ID.fullmatch(child) and _text(row, "child.name"):
            class_ = _text(row, "child.sys_class_name").removeprefix("cmdb_ci_") or "ci"
            about = {"sys_id": child, "relation": kind}
            items[child] = FoundItem(ref=f"ci:{child}", kind=class_[:60], name=_text(row, "child.name"), service=parent,
                                     attributes=about, place=place)  # fmt: skip
    return Inventory(
        services=tuple(found.values()), edges=tuple(edges.values()), items=tuple(items.values()),
        misfits=tuple(misfits), whole=whole,
    )  # fmt: skip


def _service(row: Row, sys_id: str, name: str) -> FoundService:
    critical = _text(row, "busines_criticality")[:1]
    return FoundService(
        ref=sys_id,
        name=name,
        kind=_KIND.get(_text(row, "service_classification").lower(), ""),
        criticality=int(critical) if critical in {"1", "2", "3", "4"} else None,
        owner=_text(row, "owned_by.email") or _text(row, "owned_by.user_name"),
        team=_text(row, "support_group.name"),
        supplier=_text(row, "vendor.name"),
        lifecycle=_LIFECYCLE.get(_text(row, "operational_status"), ""),
        description=_text(row, "short_description", 2_000),
        place=f"cmdb_ci_service {_text(row, 'number') or sys_id}",
    )


def _text(row: Row, name: str, limit: int = 200) -> str:
    value = row.get(name)
    return Untrusted(value).tame(limit) if isinstance(value, str) else ""
