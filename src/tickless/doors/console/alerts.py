"""The live alerts: what fires, what is held back and why, what is over; silence one, or hand it back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable
from typing import Any, get_args
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute

from tickless.domain.hold import HoldReason
from tickless.domain.signal import Severity
from tickless.doors.console.book import names_of
from tickless.doors.console.frame import Form, Frame, Screen, Visit, here
from tickless.doors.console.rendering import fragment
from tickless.doors.console.stream import Streams
from tickless.doors.entrance.holding import keeper_of
from tickless.journal.alert_stream import AlertFilter, AlertState

PER_PAGE = 50
A_DAY = dt.timedelta(days=1)
STATES: tuple[AlertState, ...] = get_args(AlertState)
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
REASONS: tuple[HoldReason, ...] = get_args(HoldReason)
BACK = frozenset({"/alerts", "/silences", "/maintenance"})
"""Pages with a button that hands all back."""
_FILTERS = ("state", "source", "service", "severity", "held")


def routes(frame: Frame, streams: Streams) -> list[BaseRoute]:
    return [
        frame.show("/alerts", "read", page),
        streams.route("/alerts/stream", "read", mark, pieces),
        frame.deed("/alerts/hand-back", "own_cases", hand_back),
        frame.deed("/alerts/hand-back-all", "own_cases", hand_all_back),
    ]


def page(visit: Visit) -> Screen:
    with visit.desk.journal.read() as tx:
        sources, services = tx.alert_stream.sources(), sorted(tx.services.where(), key=lambda one: one.name)
    return Screen("alerts.html", {**content(visit), "sources": sources, "services": services, "severities": SEVERITIES,
                                  "reasons": REASONS, "states": STATES})  # fmt: skip


def content(visit: Visit) -> dict[str, Any]:
    asked = {name: visit.asked(name) for name in _FILTERS}
    before = visit.request.query_params.get("before") or None
    with visit.desk.journal.read() as tx:
        found = tx.alert_stream.page(_filter(asked), before=before, limit=PER_PAGE + 1)
        rows = found[:PER_PAGE]
        counts, standing = tx.alert_stream.counts(since=visit.desk.clock.now() - A_DAY), tx.holds.standing()
        names = names_of(
            tx, people=[row.hold.by for row in rows if row.hold], services=[row.alert.service for row in rows]
        )
    query = urlencode({name: value for name, value in asked.items() if value})
    more = urlencode({"before": rows[-1].cursor}) if len(found) > PER_PAGE else ""
    return {
        "rows": rows,
        "counts": counts,
        "standing": standing,
        "names": names,
        "asked": asked,
        "filtered": bool(query),
        "query": query,
        "older": "&".join(part for part in (query, more) if part) if more else "",
        "first": before is None,
    }


def _filter(asked: dict[str, str | None]) -> AlertFilter:
    """What is none of the choices filters nothing."""
    return AlertFilter(
        state=next((one for one in STATES if one == asked["state"]), None),
        source=asked["source"],
        service=asked["service"],
        severity=asked["severity"],
        held=asked["held"],
    )


def mark(visit: Visit) -> Hashable:
    with visit.desk.journal.read() as tx:
        return tx.alert_stream.mark()


def pieces(visit: Visit) -> dict[str, str]:
    context = {**here(visit), **content(visit)}
    return {name: fragment("alerts.html", name.replace("-", "_"), context) for name in ("alert-figures", "alert-list")}


async def hand_back(visit: Visit, form: Form) -> str:
    keeper = keeper_of(visit.visitor)
    source, fingerprint = form.get("source", ""), form.get("fingerprint", "")
    await run_in_threadpool(lambda: visit.desk.holding.hand_back(source, fingerprint, by=keeper))
    return "/alerts?told=handed_back"


async def hand_all_back(visit: Visit, form: Form) -> str:
    """All that one thing holds back, or all of one reason; back to where the button was."""
    keeper, ref = keeper_of(visit.visitor), form.get("ref", "")[:200]
    reason = next((one for one in REASONS if one == form.get("reason")), None)
    await run_in_threadpool(lambda: visit.desk.holding.hand_all_back(ref=ref, reason=reason, by=keeper))
    back = form.get("back", "")
    return f"{back if back in BACK else '/alerts'}?told=all_handed_back"
