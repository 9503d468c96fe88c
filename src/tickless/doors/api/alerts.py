"""The alerts as they stand: what fires, what is held back and why, what is over."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from fastapi import Query
from pydantic import Field

from tickless.domain.hold import Hold, HoldEnd, HoldReason
from tickless.domain.signal import Severity
from tickless.doors.api.guards import CaseReader, DeskHere, Reader, new_router
from tickless.doors.api.paging import Limit
from tickless.doors.api.schemas import Given, Page, Short, Shown
from tickless.doors.entrance.holding import keeper_of
from tickless.journal.alert_stream import AlertFilter, Row

router = new_router("alerts")
AlertCursor = Annotated[str | None, Query(max_length=500, description="`next` of the page before")]


class HoldShown(Shown):
    """Why an alert opens no case now, or opened none then."""

    id: str
    reason: HoldReason
    why: str
    ref: str = Field(description="The silence, planned work or case that holds it back; empty: none of them")
    by: str = Field(description="Who answers for it")
    source: str
    fingerprint: str
    service: str | None
    severity: Severity | None
    since: dt.datetime
    until: dt.datetime = Field(description="When it is looked at again; what still fires then is handed back")
    onsets: int = Field(description="How often it began to fire while it was held back")
    ended_at: dt.datetime | None
    end: HoldEnd | None
    ended_by: str


class AlertShown(Shown):
    fingerprint: str
    source: str
    state: Literal["firing", "held", "resolved"]
    title: str
    severity: str | None
    service: str | None
    need: str | None = Field(description="Its class")
    occurred_at: dt.datetime = Field(description="When it changed last, by its sender")
    fired_at: dt.datetime | None = Field(description="When it began to fire last")
    count: int = Field(description="How often it was told that it fires")
    case: int | None = Field(description="Number of its case")
    hold: HoldShown | None


class HandBack(Given):
    """Which alert goes on to cases now."""

    source: Short
    fingerprint: Short


class HandAllBack(Given):
    """One of the two."""

    ref: Short = Field(default="", description="Id of the silence, planned work or case that holds them back")
    reason: HoldReason | None = None


class HandedBack(Shown):
    handed_back: int = Field(description="Alerts that go on to cases now")


@router.get("/alerts", summary="List alerts as they stand")
def list_alerts(
    desk: DeskHere,
    visitor: Reader,
    *,
    state: Literal["firing", "held", "resolved"] | None = None,
    source: str | None = None,
    service: str | None = None,
    severity: Severity | None = None,
    held: HoldReason | None = None,
    cursor: AlertCursor = None,
    limit: Limit = 50,
) -> Page[AlertShown]:
    """Newest change first. `firing`: fires, and nothing holds it back."""
    wanted = AlertFilter(state=state, source=source, service=service, severity=severity, held=held)
    with desk.journal.read() as tx:
        found = tx.alert_stream.page(wanted, before=cursor, limit=limit + 1)
    shown = found[:limit]
    return Page(items=[_alert(row) for row in shown], next=shown[-1].cursor if len(found) > limit else None)


@router.post("/alerts/hand-back", summary="Let an alert that is held back go on to cases now")
def hand_back(desk: DeskHere, visitor: CaseReader, given: HandBack) -> HoldShown:
    """Whatever holds it back. When it fires anew later, what holds it back counts again."""
    return show_hold(desk.holding.hand_back(given.source, given.fingerprint, by=keeper_of(visitor)))


@router.post("/alerts/hand-back-all", summary="Let all of them go on to cases now")
def hand_all_back(desk: DeskHere, visitor: CaseReader, given: HandAllBack) -> HandedBack:
    """All that one silence, planned work or case holds back, or all that is held back for one reason."""
    return HandedBack(handed_back=desk.holding.hand_all_back(ref=given.ref, reason=given.reason, by=keeper_of(visitor)))


@router.get("/holds", summary="List what was held back")
def list_holds(
    desk: DeskHere,
    visitor: Reader,
    *,
    reason: HoldReason | None = None,
    ref: Annotated[str | None, Query(description="Of this silence, planned work or case")] = None,
    limit: Limit = 50,
) -> Page[HoldShown]:
    """Newest first, those that stand and those that ended within the last month."""
    with desk.journal.read() as tx:
        return Page(items=[show_hold(one) for one in tx.holds.newest(reason=reason, ref=ref, limit=limit)])


def show_hold(hold: Hold) -> HoldShown:
    return HoldShown(**hold.model_dump(exclude={"version", "signal", "release"}))


def _alert(row: Row) -> AlertShown:
    alert = row.alert
    return AlertShown(
        fingerprint=alert.fingerprint,
        source=alert.source,
        state=row.state,
        title=alert.title.tame(500),
        severity=alert.severity,
        service=alert.service,
        need=alert.need,
        occurred_at=alert.occurred_at,
        fired_at=alert.fired_at,
        count=alert.count,
        case=row.case,
        hold=show_hold(row.hold) if row.hold else None,
    )
