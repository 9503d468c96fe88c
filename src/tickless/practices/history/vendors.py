"""Objects of ticket and paging systems become flat rows: nested fields by their path, lists by the names in them. Pure.

Of most of them nothing else has to be known. Two tell times in their own way: Opsgenie as milliseconds since the alert was
made, and Jira, which keeps what happened to an issue in a change log that becomes a row for each change.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

Cells = dict[str, str]
_DEEPEST = 4
_NAMES = (
    "name",
    "displayName",
    "summary",
    "display_value",
    "username",
    "userName",
    "emailAddress",
    "email",
    "value",
    "text",
    "note",
    "key",
    "id",
)
_CHANGED = {"status": "fields.status.name", "assignee": "fields.assignee.displayName", "priority": "fields.priority.name",
            "resolution": "fields.resolution.name", "Component": "fields.components"}  # fmt: skip
CHANGED_AT = "event_time"


def cells_of(value: Mapping[str, Any]) -> Iterator[Cells]:
    """The rows of one object; at least one."""
    plain = flat(value)
    log = value.get("changelog")
    if isinstance(log, Mapping) and isinstance(log.get("histories"), list):
        plain = {name: cell for name, cell in plain.items() if not name.startswith("changelog")}
        yield from _jira(plain, [one for one in log["histories"] if isinstance(one, Mapping)])
        return
    if "report.ackTime" in plain or "report.closeTime" in plain:
        plain |= _opsgenie(plain)
    yield plain


def flat(value: Mapping[str, Any], path: str = "", depth: int = 0) -> Cells:
    """Every plain value by its path."""
    found: Cells = {}
    for name, inner in value.items():
        where = f"{path}.{name}" if path else str(name)
        if isinstance(inner, Mapping):
            if "display_value" in inner:
                found[where] = _text(inner["display_value"])
            elif depth < _DEEPEST:
                found |= flat(inner, where, depth + 1)
        elif isinstance(inner, list):
            found[where] = ", ".join(_named(one) for one in inner[:20])
        else:
            found[where] = _text(inner)
    return found


def _text(value: object) -> str:
    return "" if value is None else "true" if value is True else "false" if value is False else str(value)


def _named(value: object) -> str:
    """A person, a team, a label: what it is called; a note: what it says."""
    if not isinstance(value, Mapping):
        return _text(value)
    inner = value.get("assignee", value)
    holder = inner if isinstance(inner, Mapping) else value
    return next((_text(holder[name]) for name in _NAMES if holder.get(name)), "")


def _opsgenie(plain: Cells) -> Cells:
    try:
        made = dt.datetime.fromisoformat(plain["createdAt"])
    except (KeyError, ValueError):
        return {}
    found: Cells = {}
    for name, at in (("report.ackTime", "acknowledgedAt"), ("report.closeTime", "closedAt")):
        if plain.get(name, "").isdecimal() and plain[name] != "0":
            found[at] = (made + dt.timedelta(milliseconds=int(plain[name]))).isoformat()
    found |= {"acknowledgedBy": plain.get("report.acknowledgedBy", ""), "resolvedBy": plain.get("report.closedBy", "")}
    return found


def _jira(plain: Cells, histories: list[Mapping[str, Any]]) -> Iterator[Cells]:
    """The issue as it was made, then as it stood after each change."""
    changes = sorted(histories, key=lambda one: _text(one.get("created")))
    now = dict(plain)
    for one in reversed(changes):
        for item in _items(one):
            if item.get("field") in _CHANGED:
                now[_CHANGED[str(item["field"])]] = _text(item.get("fromString"))
    now.pop("fields.resolutiondate", None)
    yield {**now, CHANGED_AT: plain.get("fields.created", "")}
    for one in changes:
        moved = [item for item in _items(one) if item.get("field") in _CHANGED]
        for item in moved:
            now[_CHANGED[str(item["field"])]] = _text(item.get("toString"))
        if moved:
            yield {**now, CHANGED_AT: _text(one.get("created"))}
    yield {**plain, CHANGED_AT: plain.get("fields.updated", "") or plain.get("fields.created", "")}


def _items(one: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    items = one.get("items")
    return [item for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []
