"""ServiceNow's records as the capability speaks of them. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from tickless.connectors.servicenow.settings import Settings
from tickless.domain.errors import Rejected
from tickless.sdk.capabilities.ticketing import TicketComment, TicketPhase, TicketView
from tickless.sdk.receiving import read_time

_MARK = re.compile(r"\[tickless ([A-Za-z0-9_.:-]{8,64})\]")
"""The last line of what we write: how we know it again."""
_CODE = re.compile(r"\[(\s*+/?\s*+code\s*+)\]", re.IGNORECASE)
"""Between these a journal shows HTML."""
_SYS_ID = re.compile(r"[0-9a-f]{32}")
_INCIDENT: dict[str, TicketPhase] = {
    "1": "open", "2": "open", "3": "pending", "6": "resolved", "7": "closed", "8": "closed",
}  # fmt: skip
_REQUEST: dict[str, TicketPhase] = {
    "-5": "pending", "1": "open", "2": "open", "3": "resolved", "4": "closed", "7": "closed",
}  # fmt: skip


def marked(text: str, key: str) -> str:
    """What is written into a journal, with its mark. Nothing in it is shown as HTML."""
    return f"{_CODE.sub(_rounded, text)}\n[tickless {key}]"


def _rounded(found: re.Match[str]) -> str:
    return f"({found[1]})"


def own_key(row: Mapping[str, Any], *, me: str) -> str | None:
    """The key under which we wrote this; None if somebody else did. `me`: our own user name there."""
    if not me or str(row.get("sys_created_by", "")).casefold() != me.casefold():
        return None
    found = _MARK.fullmatch(_parted(row)[1])
    return found[1] if found else None


def _parted(row: Mapping[str, Any]) -> tuple[str, str]:
    """The text, and its last line."""
    above, _, last = str(row.get("value", "")).rstrip().rpartition("\n")
    return above, last.strip()


def split_id(ticket: str, settings: Settings) -> tuple[str, str]:
    """`incident-<sys_id>` → table and sys_id. Raises `Rejected` for what we did not hand out."""
    table, _, sys_id = ticket.rpartition("-")
    if table not in {settings.incident_table, settings.request_table} or not _SYS_ID.fullmatch(sys_id):
        raise Rejected("ServiceNow has no such ticket", detail=ticket)
    return table, sys_id


def view(row: Mapping[str, Any], table: str, settings: Settings) -> TicketView:
    """A record as it stands there."""
    sys_id = str(row.get("sys_id", ""))
    state = phase(str(row.get("state", "")), table, settings)
    since = row.get("resolved_at") or row.get("closed_at") if state in {"resolved", "closed"} else None
    where = quote(f"{table}.do?sys_id={sys_id}", safe="")
    return TicketView(
        exists=True,
        ticket=f"{table}-{sys_id}",
        number=str(row.get("number", "")),
        url=f"{settings.url.rstrip('/')}/nav_to.do?uri={where}",
        state=state,
        state_at=read_time(since or row.get("sys_updated_on")),
        owner=str(next((row[name] for name in _OWNER if row.get(name)), "")),
        team=_team(row, settings),
        changed=str(row.get("sys_updated_on", "")),
        resolution=str(row.get("close_notes") or ""),
    )


def _team(row: Mapping[str, Any], settings: Settings) -> str:
    """Our name of its assignment group, which settings name by name or sys_id; else its own."""
    group = row.get("assignment_group")
    names = {
        str(row.get("assignment_group.name") or ""),
        str(group.get("value") if isinstance(group, Mapping) else group),
    }
    ours = next((ours for ours, theirs in settings.groups.items() if theirs in names), "")
    return ours or str(row.get("assignment_group.name") or "")


_OWNER = ("assigned_to.email", "assigned_to.user_name", "assigned_to.name")


def phase(state: str, table: str, settings: Settings) -> TicketPhase:
    """Their state in our words; a state that nobody knows counts as open."""
    known = _INCIDENT if table == settings.incident_table else _REQUEST
    return known.get(state, "open")


def change(state: str, note: str, table: str, settings: Settings) -> dict[str, str]:
    """The fields that put a record into a state."""
    note = note or "Resolved by Tickless."
    if table == settings.incident_table:
        return {
            "open": {"state": "2"},
            "pending": {"state": "3", "hold_reason": settings.hold_reason},
            "resolved": {"state": "6", "close_code": settings.close_code, "close_notes": note},
        }[state]
    return {
        "open": {"state": "2", "request_state": "in_process"},
        "pending": {"state": "-5"},
        "resolved": {"state": "3", "request_state": "closed_complete", "close_notes": note},
    }[state]


def comment(row: Mapping[str, Any], *, me: str) -> TicketComment:
    """One journal entry. `me`: our own user name there."""
    own = own_key(row, me=me) is not None
    return TicketComment(
        id=str(row.get("sys_id", "")),
        author=str(row.get("sys_created_by", "")),
        text=(_parted(row)[0] if own else str(row.get("value", ""))).strip(),
        public=row.get("element") == "comments",
        own=own,
        at=read_time(row.get("sys_created_on")),
    )
