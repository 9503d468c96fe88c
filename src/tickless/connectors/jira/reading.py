"""Jira's issues as the capability speaks of them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from tickless.connectors.jira.adf import plain
from tickless.connectors.jira.client import PROPERTY
from tickless.connectors.jira.settings import Settings
from tickless.domain.errors import Rejected
from tickless.sdk.capabilities.ticketing import TicketComment, TicketPhase, TicketView
from tickless.sdk.receiving import read_time

_OFFSET = re.compile(r"([+-]\d{2})(\d{2})$")
_KEY = re.compile(r"[A-Z][A-Z0-9_]{1,20}-\d{1,12}")


def issue_key(ticket: str) -> str:
    """An issue key as Jira has them. Raises `Rejected`."""
    if not _KEY.fullmatch(ticket):
        raise Rejected("Jira has no such ticket", detail=ticket)
    return ticket


def label(key: str) -> str:
    """The label by which the ticket of a key is found."""
    return f"tickless-{key}"


def view(issue: Mapping[str, Any], settings: Settings) -> TicketView:
    """An issue as it stands there."""
    key, fields = str(issue.get("key", "")), _part(issue, "fields")
    state = phase(_part(fields, "status"), settings)
    resolution = _part(fields, "resolution")
    since = fields.get("statuscategorychangedate") or (fields.get("resolutiondate") if state != "open" else None)
    return TicketView(
        exists=True,
        ticket=key,
        number=key,
        url=f"{settings.url.rstrip('/')}/browse/{key}",
        state=state,
        state_at=_time(since or fields.get("updated")),
        owner=_person(_part(fields, "assignee")),
        team=_team(fields.get(settings.group_field) if settings.group_field else None, settings),
        changed=str(fields.get("updated") or ""),
        worked_minutes=_minutes(fields.get("timespent")),
        resolution=str(resolution.get("name") or ""),
    )


def _minutes(seconds: object) -> float | None:
    """Of the work that is logged; None: none is."""
    return (
        seconds / 60 if isinstance(seconds, (int, float)) and not isinstance(seconds, bool) and seconds >= 0 else None
    )


def _team(value: object, settings: Settings) -> str:
    """Our name of what stands in the field for teams, if the settings name one; else theirs."""
    one = value[0] if isinstance(value, list) and value else value
    name = str((one.get("name") or one.get("value") or "") if isinstance(one, Mapping) else one or "")
    return next((ours for ours, theirs in settings.groups.items() if theirs == name), name)


def phase(status: Mapping[str, Any], settings: Settings) -> TicketPhase:
    """Their status in our words: by name where the settings name it, else by its category."""
    name, category = str(status.get("name", "")), str(_part(status, "statusCategory").get("key", ""))
    if name in settings.closed_statuses:
        return "closed"
    if category == "done":
        return "resolved"
    return "pending" if name in settings.pending_statuses else "open"


def way_to(wanted: str, transitions: Iterable[Mapping[str, Any]], settings: Settings) -> Mapping[str, Any] | None:
    """The first transition that leads into the wanted state."""
    return next((one for one in transitions if phase(_part(one, "to"), settings) == wanted), None)


def fields_of(transition: Mapping[str, Any], settings: Settings) -> dict[str, Any]:
    """What the transition asks for and we can give: a resolution."""
    asked = _part(transition, "fields")
    return {"resolution": {"name": settings.resolution}} if "resolution" in asked else {}


def own_key(comment: Mapping[str, Any]) -> str | None:
    """The key under which we wrote this; None if somebody else did."""
    properties = comment.get("properties")
    for one in properties if isinstance(properties, list) else []:
        if isinstance(one, Mapping) and one.get("key") == PROPERTY:
            value = one.get("value")
            return str(value.get("key", "")) if isinstance(value, Mapping) else ""
    return None


def said(comment: Mapping[str, Any]) -> TicketComment:
    """One comment."""
    return TicketComment(
        id=str(comment.get("id", "")),
        author=_name(_part(comment, "author")),
        text=plain(comment.get("body")),
        public=_public(comment),
        own=own_key(comment) is not None,
        at=_time(comment.get("created")),
    )


def _public(comment: Mapping[str, Any]) -> bool:
    """Whether the customer may read it; what Jira does not call public is not."""
    if isinstance(comment.get("jsdPublic"), bool):
        return bool(comment["jsdPublic"])
    properties = comment.get("properties")
    for one in properties if isinstance(properties, list) else []:
        if isinstance(one, Mapping) and one.get("key") == "sd.public.comment" and isinstance(one.get("value"), Mapping):
            return one["value"].get("internal") is False
    return False


def _person(user: Mapping[str, Any]) -> str:
    return str(user.get("emailAddress") or user.get("name") or user.get("displayName") or "")


def _name(user: Mapping[str, Any]) -> str:
    return str(user.get("displayName") or user.get("name") or "")


def _part(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = value.get(name)
    return found if isinstance(found, Mapping) else {}


def _time(value: object) -> Any:
    """Jira writes offsets as +0000, which ISO 8601 parsers of old do not read."""
    return read_time(_OFFSET.sub(r"\1:\2", value) if isinstance(value, str) else value)
