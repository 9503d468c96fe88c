"""Rows of the record in the forms that other systems read: OCSF 1.5 and CloudEvents 1.0. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tickless.journal.audit_rows import AuditRow

OCSF = "1.5.0"
_AUTHENTICATION, _ACCOUNT_CHANGE, _API_ACTIVITY = 3002, 3001, 6003
_SIGN_IN: Mapping[str, int] = {"sign_in": 1, "sign_in.refused": 1, "sign_out": 2}
_ACCOUNT: Mapping[str, int] = {
    "user.create": 1, "user.password": 4, "user.off": 5, "user.on": 2, "user.erase": 6, "user.roles": 99, "token.create": 99,
    "token.revoke": 99, "link.make": 99,
}  # fmt: skip
_VERBS: Mapping[str, int] = {
    "create": 1,
    "open": 1,
    "made": 1,
    "add": 1,
    "read": 2,
    "export": 2,
    "delete": 4,
    "remove": 4,
}
"""Last word of an action → Create, Read, Delete; everything else is Update (3) of the API activity class."""
_FAILED = ("refused", "denied", "failed", "stopped")


def ocsf(row: AuditRow, *, version: str) -> dict[str, Any]:
    """One event of the Open Cybersecurity Schema Framework; what has no place in it is under `unmapped`."""
    kind, activity = _kind(row.action)
    failed = any(word in row.action for word in _FAILED)
    event: dict[str, Any] = {
        "class_uid": kind,
        "category_uid": kind // 1000,
        "activity_id": activity,
        "type_uid": kind * 100 + activity,
        "time": int(row.at.timestamp() * 1000),
        "severity_id": 3 if failed else 1,
        "status_id": 2 if failed else 1,
        "message": f"{row.actor} {row.action} {row.subject}",
        "metadata": {
            "version": OCSF,
            "product": {"name": "Tickless", "vendor_name": "Tickless", "version": version},
            "log_name": "audit",
            "sequence": row.seq,
            "uid": row.hash,
            "correlation_uid": row.case or "",
        },
        "unmapped": {"detail": row.detail, "subject": row.subject, "previous": row.previous, "hash": row.hash},
    }
    person = {"uid": row.actor, "name": row.actor, "type_id": 3 if row.actor == "tickless" else 1}
    address = {"src_endpoint": {"ip": row.detail["address"]}} if isinstance(row.detail.get("address"), str) else {}
    if kind == _AUTHENTICATION:
        who = row.subject.partition(":")[2] or row.subject
        return {**event, **address, "user": {"uid": row.subject, "name": who, "type_id": 1}}
    if kind == _ACCOUNT_CHANGE:
        return {
            **event,
            **address,
            "actor": {"user": person},
            "user": {"uid": row.subject, "name": row.subject, "type_id": 1},
        }
    where = address or {"src_endpoint": {"name": "tickless"}}
    api = {"operation": row.action, "service": {"name": "tickless"}}
    return {**event, **where, "actor": {"user": person}, "api": api, "resources": [{"uid": row.subject}]}


def _kind(action: str) -> tuple[int, int]:
    if action in _SIGN_IN:
        return _AUTHENTICATION, _SIGN_IN[action]
    if action in _ACCOUNT:
        return _ACCOUNT_CHANGE, _ACCOUNT[action]
    return _API_ACTIVITY, _VERBS.get(action.rpartition(".")[2], 3)


def cloud_event(row: AuditRow, *, source: str) -> dict[str, Any]:
    """One CloudEvent in structured JSON. `sequence` is the row's number, as the extension of that name has it."""
    return {
        "specversion": "1.0",
        "id": f"{row.seq}-{row.hash[:16]}",
        "source": source or "/tickless",
        "type": f"io.tickless.audit.{row.action}",
        "subject": row.subject,
        "time": row.at.isoformat().replace("+00:00", "Z"),
        "sequence": f"{row.seq:020d}",
        "datacontenttype": "application/json",
        "data": {
            "actor": row.actor,
            "action": row.action,
            "case": row.case,
            "detail": row.detail,
            "previous": row.previous,
            "hash": row.hash,
        },
    }
