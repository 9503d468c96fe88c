"""How an alert stands, told by its signals one after the other. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from tickless.connectors.opsgenie.signals import OWN
from tickless.domain.signal import Signal
from tickless.sdk.drop_in import AlertNow
from tickless.sdk.receiving import read_time


@dataclass(frozen=True)
class Standing:
    """What Opsgenie would say of it."""

    alias: str
    message: str
    created_at: dt.datetime
    last_at: dt.datetime
    firing: bool
    description: str = ""
    priority: str = "P3"
    source: str = ""
    entity: str = ""
    owner: str = ""
    acknowledged: bool = False
    tags: tuple[str, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)
    snoozed_until: dt.datetime | None = None


def stand(alert: AlertNow, *, now: dt.datetime) -> Standing:
    """Every create begins anew where the alert was over; everything else changes one thing."""
    standing = Standing(
        alert.fingerprint, alert.title, created_at=alert.occurred_at, last_at=alert.occurred_at, firing=alert.firing
    )
    over = True
    for signal in alert.signals:
        action = signal.label("action") or ""
        made = action == "create"
        standing = _created(standing, signal, anew=over) if made else _changed(standing, signal, action)
        over = signal.state == "resolved" or (over and not made)
    if standing.snoozed_until is not None and standing.snoozed_until <= now:
        return replace(standing, snoozed_until=None)
    return standing


def _created(standing: Standing, signal: Signal, *, anew: bool) -> Standing:
    return replace(
        standing,
        alias=signal.label("alias", limit=512) or standing.alias,
        message=signal.title.tame(500),
        description=signal.body.raw[:15_000],
        priority=signal.label("priority") or "P3",
        source=signal.label("source") or "",
        entity=signal.label("entity") or "",
        tags=_list(signal, "tags"),
        details={name: text.raw for name, text in signal.labels.items() if name not in OWN},
        created_at=signal.occurred_at if anew else standing.created_at,
        last_at=signal.occurred_at,
        acknowledged=False if anew else standing.acknowledged,
        snoozed_until=None if anew else standing.snoozed_until,
    )


def _changed(standing: Standing, signal: Signal, action: str) -> Standing:
    change: dict[str, Any] = {}
    if action in {"acknowledge", "unacknowledge"}:
        change = {"acknowledged": action == "acknowledge"}
    elif action == "updatepriority":
        change = {"priority": signal.label("priority") or standing.priority}
    elif action == "updatemessage":
        change = {"message": signal.title.tame(500)}
    elif action == "updatedescription":
        change = {"description": signal.body.raw[:15_000]}
    elif action == "assign":
        change = {"owner": _name(signal, "owner")}
    elif action == "snooze":
        change = {"snoozed_until": read_time(signal.label("end_time"))}
    elif action == "addtags":
        change = {"tags": tuple(dict.fromkeys((*standing.tags, *_list(signal, "tags"))))}
    elif action == "removetags":
        gone = set(_list(signal, "tags"))
        change = {"tags": tuple(tag for tag in standing.tags if tag not in gone)}
    elif action == "adddetails":
        more = {name: text.raw for name, text in signal.labels.items() if name not in OWN}
        change = {"details": {**standing.details, **more}}
    elif action == "removedetails":
        keys = set((signal.label("keys", limit=2_000) or "").split(","))
        change = {"details": {name: text for name, text in standing.details.items() if name not in keys}}
    return replace(standing, **change)


def _list(signal: Signal, name: str) -> tuple[str, ...]:
    """A list as the label keeps it: JSON, or words between commas."""
    raw = signal.labels[name].raw if name in signal.labels else ""
    found = _json(raw)
    if isinstance(found, list):
        return tuple(one for one in found if isinstance(one, str))
    return tuple(word.strip() for word in raw.split(",") if word.strip())


def _name(signal: Signal, name: str) -> str:
    found = _json(signal.labels[name].raw if name in signal.labels else "")
    if not isinstance(found, dict):
        return ""
    return next((str(found[key]) for key in ("username", "name", "id") if found.get(key)), "")


def _json(raw: str) -> Any:
    try:
        return msgspec.json.decode(raw)
    except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError):
        return None
