"""Planned work from change records: what a record says of its window, and what becomes of the one that is known. Pure."""

from __future__ import annotations

import datetime as dt

from tickless.domain.errors import BadInput
from tickless.domain.known import Maintenance
from tickless.domain.signal import Signal
from tickless.domain.world import World
from tickless.kit.canonical import digest
from tickless.practices.known.core import check_window
from tickless.sdk.receiving import read_time

STARTS = (
    "planned_start",
    "planned_start_date",
    "scheduled_start",
    "window_start",
    "start_date",
    "starts_at",
    "start_time",
)
ENDS = ("planned_end", "planned_end_date", "scheduled_end", "window_end", "end_date", "ends_at", "end_time")
NUMBERS = ("change", "change_id", "number", "ticket", "key")
"""Labels under which change records usually say it (ServiceNow, Jira, calendars)."""
_OVER = frozenset({"cancelled", "canceled", "closed", "complete", "completed", "done", "resolved", "implemented", "failed",
                   "rejected", "backed out", "backed_out"})  # fmt: skip


def identity_of(signal: Signal) -> str:
    """The window's id: one for each change record of a source."""
    return f"mnt_{digest([signal.source, signal.fingerprint])[:26]}"


def is_over(signal: Signal) -> bool:
    """Whether the record says that nothing is worked on any more."""
    status = signal.label("status", "state", "change_state") or ""
    return signal.state == "resolved" or status.strip().casefold() in _OVER


def window_of(signal: Signal, service: str | None, world: World, *, now: dt.datetime) -> Maintenance | None:
    """The window that a change record plans; None where it plans none that can be: no times, no known service, over."""
    starts, ends = read_time(signal.label(*STARTS)), read_time(signal.label(*ENDS))
    if service is None or starts is None or ends is None:
        return None
    window = Maintenance(
        id=identity_of(signal),
        service=service,
        title=signal.title.tame(200) or "A change",
        starts_at=starts,
        ends_at=ends,
        change=signal.label(*NUMBERS) or signal.fingerprint[:200],
    )
    try:
        return check_window(window, world, now=now)
    except BadInput:
        return None
