"""The rows of a ticket become its history. Pure.

What a source says outright (a column for it) counts before what its events only show. Of two rows the later one counts,
by their
time and, at the same time, by their place in the file.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from tickless.domain.history import HistoryState, HolderSpan, StateSpan, TicketHistory
from tickless.domain.history_import import ColumnMapping
from tickless.practices.history.entries import Entry, ticket_id

_OVER: frozenset[str] = frozenset({"resolved", "closed", "cancelled"})
_PLAIN = ("kind", "title", "text", "priority", "impact", "urgency", "service", "item", "channel", "location", "team",
          "caller", "opened_by",
          "assignee", "resolved_by", "sla_made", "knowledge_used", "problem", "change", "caused_by", "known_error",
          "close_code", "resolution", "rating", "recommend",
          "updates", "state")  # fmt: skip
"""Taken as the last row that says it has it."""
_TIMES = ("opened", "acknowledged", "responded", "resolved", "closed", "updated")
_BLANK = TicketHistory(id="", source="", number="")


def fold(source: str, entries: Sequence[Entry], mapping: ColumnMapping) -> TicketHistory:
    """The history of one ticket from all its rows, in any order; at least one."""
    rows = sorted(entries, key=lambda entry: (entry.get("updated", ""), entry["row"])) if len(entries) > 1 else entries
    first, last = rows[0], _merged(rows)
    number = str(first["number"])
    found: dict[str, Any] = {name: last[name] for name in _PLAIN if name in last}
    found |= {"id": ticket_id(source, number), "source": source, "number": number}
    found["category"] = _path(last, mapping)
    found["first_category"] = _path(first, mapping)
    found["first_priority"] = first.get("priority")
    found["effort_minutes"] = last.get("effort")
    times = {name: _at(last[name]) if name in last else None for name in _TIMES}
    if mapping.layout == "events":
        found |= _told_by_events(rows, times, mapping)
    else:
        found["reopen_count"] = last.get("reopen_count")
        found["reassignment_count"] = last.get("reassignment_count")
    found |= {f"{name}_at": moment for name, moment in times.items()}
    if "state" not in found:
        found["state"] = "closed" if times["closed"] else "resolved" if times["resolved"] else None
    found["sla_due_at"] = _at(last.get("sla_due"))
    return _BLANK.model_copy(update=_typed(found))


def _typed(found: dict[str, Any]) -> dict[str, Any]:
    """Every value is ours by now: validating it again would take half of the time of an import."""
    return {name: value for name, value in found.items() if value is not None}


def _merged(rows: Sequence[Entry]) -> Mapping[str, Any]:
    if len(rows) == 1:
        return rows[0]
    merged: dict[str, Any] = {}
    for row in rows:
        merged.update(row)
    return merged


def _at(text: str | None) -> dt.datetime | None:
    return None if text is None else dt.datetime.fromisoformat(text)


def _path(entry: Mapping[str, Any], mapping: ColumnMapping) -> tuple[str, ...]:
    parts = [str(entry[name]) for name in ("category", "subcategory", "category_item") if entry.get(name)]
    if mapping.split and parts:
        parts = [piece.strip() for part in parts for piece in part.split(mapping.split) if piece.strip()]
    return tuple(parts)


def _told_by_events(
    rows: Sequence[Entry], times: dict[str, dt.datetime | None], mapping: ColumnMapping
) -> dict[str, Any]:
    """What only a log of events shows; fills in times that no column gives."""
    at = [dt.datetime.fromisoformat(row["updated"]) for row in rows]
    begin = times["opened"] = times["opened"] or at[0]
    states = _states(rows, at, begin)
    over = [span for span in states if span.state in _OVER]
    resolved = [span for index, span in enumerate(states)
                if span.state == "resolved" and (not index or states[index - 1].state != "resolved")]  # fmt: skip
    closed = [span for span in over if span.state in {"closed", "cancelled"}]
    reopened = tuple(after.since for before, after in itertools.pairwise(states)
                     if before.state in _OVER and after.state not in _OVER)  # fmt: skip
    if times["closed"] is None and closed and states[-1] is closed[-1]:
        times["closed"] = closed[-1].since
    if mapping.last_closes and not over:
        times["closed"] = times["closed"] or at[-1]
    if times["resolved"] is None:
        times["resolved"] = resolved[-1].since if resolved and states[-1].state in _OVER else times["closed"]
    if times["acknowledged"] is None:
        times["acknowledged"] = _acknowledged(rows, at, states)
    teams, assignees = _holders(rows, at, "team", begin), _holders(rows, at, "assignee", begin)
    return {
        "states": states,
        "teams": teams,
        "assignees": assignees,
        "reopened_at": reopened,
        "reopen_count": _counted(rows, "reopen_count", len(reopened) if states else None),
        "reassignment_count": _counted(rows, "reassignment_count", len(teams) - 1 if teams else None),
        "state": states[-1].state if states else ("closed" if mapping.last_closes else None),
    }


def _counted(rows: Sequence[Entry], name: str, shown: int | None) -> int | None:
    said = [row[name] for row in rows if name in row]
    return max(said) if said else shown


def _states(rows: Sequence[Entry], at: Sequence[dt.datetime], begin: dt.datetime) -> tuple[StateSpan, ...]:
    spans: list[tuple[HistoryState, str, dt.datetime]] = []
    for row, moment in zip(rows, at, strict=True):
        state, said = row.get("state"), row.get("said", "")
        if state is None or (spans and spans[-1][:2] == (state, said)):
            continue
        spans.append((state, said, moment if spans else min(begin, moment)))
    ends = [since for _, _, since in spans[1:]]
    return tuple(StateSpan.model_construct(state=state, said=said, since=since, until=until)
                 for (state, said, since), until in zip(spans, [*ends, None], strict=False))  # fmt: skip


def _holders(
    rows: Sequence[Entry], at: Sequence[dt.datetime], field: str, begin: dt.datetime
) -> tuple[HolderSpan, ...]:
    spans: list[tuple[str, dt.datetime]] = []
    for row, moment in zip(rows, at, strict=True):
        holder = row.get(field)
        if holder is None or (spans and spans[-1][0] == holder):
            continue
        spans.append((holder, moment if spans else min(begin, moment) if row is rows[0] else moment))
    ends = [since for _, since in spans[1:]]
    return tuple(HolderSpan.model_construct(holder=holder, since=since, until=until)
                 for (holder, since), until in zip(spans, [*ends, None], strict=False))  # fmt: skip


def _acknowledged(rows: Sequence[Entry], at: Sequence[dt.datetime], states: Sequence[StateSpan]) -> dt.datetime | None:
    """When somebody had it first: an assignee, or a state behind `new`."""
    held = next((moment for row, moment in zip(rows, at, strict=True) if row.get("assignee")), None)
    moved = next((span.since for span in states if span.state != "new"), None)
    known = [moment for moment in (held, moved) if moment is not None]
    return min(known) if known else None
