"""The value ledger: what the house was worth against the organisation's own past, and what that takes for granted."""

from __future__ import annotations

import asyncio
import csv
import io

from fastapi import Response
from pydantic import AwareDatetime

from tickless.doors.api.guards import Admin, DeskHere, Reader, new_router
from tickless.doors.api.metric_schemas import AssumptionGiven, AssumptionShown, LedgerShown, LineShown, WhyGiven
from tickless.doors.api.metrics import Days
from tickless.doors.api.schemas import Done
from tickless.flow.desk.steering_views import AssumptionView
from tickless.stages.measure.value import Ledger, Line, Terms

router = new_router("value")


@router.get("/value", summary="The value ledger over a window")
async def show_value(
    desk: DeskHere, visitor: Reader, days: Days = 90, until: AwareDatetime | None = None
) -> LedgerShown:
    """Gains against a measured baseline, less what it costs, with intervals; each line with its cases."""
    found, terms = await asyncio.to_thread(lambda: desk.steering.worth(days=days, until=until))
    return shown(found, terms)


@router.get("/value.csv", summary="The value ledger as CSV", response_class=Response)
async def export_value(
    desk: DeskHere, visitor: Reader, days: Days = 90, until: AwareDatetime | None = None
) -> Response:
    """A row a line, with its interval, its assumptions and its cases."""
    found, terms = await asyncio.to_thread(lambda: desk.steering.worth(days=days, until=until))
    return Response(as_csv(found, terms), media_type="text/csv; charset=utf-8",
                    headers={"Content-Disposition": 'attachment; filename="value.csv"'})  # fmt: skip


@router.get("/assumptions", summary="What figures take for granted")
async def list_assumptions(desk: DeskHere, visitor: Reader) -> list[AssumptionShown]:
    """Every assumption, with its default, and who changed it when and why."""
    return [assumption(one) for one in await asyncio.to_thread(desk.steering.assumptions)]


@router.put("/assumptions/{name}", summary="Assume something else")
async def set_assumption(desk: DeskHere, visitor: Admin, name: str, given: AssumptionGiven) -> Done:
    """It holds at once, for what is past, too. It goes on record with what held before."""
    await asyncio.to_thread(lambda: desk.steering.assume(name, given.value, by=visitor.actor, reason=given.reason))
    return Done()


@router.post("/assumptions/{name}/default", summary="Go back to the default")
async def drop_assumption(desk: DeskHere, visitor: Admin, name: str, given: WhyGiven) -> Done:
    """The default holds again."""
    await asyncio.to_thread(lambda: desk.steering.forget(name, by=visitor.actor, reason=given.reason))
    return Done()


def shown(found: Ledger, terms: Terms) -> LedgerShown:
    return LedgerShown(
        since=found.window.since, until=found.window.until, currency=terms.currency, net=found.net, low=found.low,
        high=found.high, minutes=found.minutes, disruption_hours=found.disruption_hours, solved_cases=found.saved_cases,
        unmeasured_cases=len(found.unmeasured), lines=[_line(one) for one in found.lines],
    )  # fmt: skip


def _line(one: Line) -> LineShown:
    return LineShown(
        id=one.id, title=one.title, kind=one.kind, basis=one.basis, minutes=one.minutes, money=one.money, low=one.low,
        high=one.high, told=one.told, assumptions=list(one.by), cases=list(one.cases), baseline_cases=len(one.against),
    )  # fmt: skip


def as_csv(found: Ledger, terms: Terms) -> str:
    """Text that spreadsheets read; what begins like a formula is quoted as text."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["line", "title", "kind", "basis", "minutes", f"money ({terms.currency})", "low", "high", "assumptions",
                    "told", "baseline cases", "cases"])  # fmt: skip
    for one in found.lines:
        table.writerow([
            _safe(one.id), _safe(one.title), one.kind, one.basis, f"{one.minutes:.2f}", f"{one.money:.2f}", f"{one.low:.2f}",
            f"{one.high:.2f}", " ".join(one.by), _safe(one.told), len(one.against), " ".join(one.cases),
        ])  # fmt: skip
    table.writerow(
        ["net", "Net", "", "", f"{found.minutes:.2f}", f"{found.net:.2f}", f"{found.low:.2f}", f"{found.high:.2f}"]
    )
    return out.getvalue()


def _safe(text: str) -> str:
    return f"'{text}" if text[:1] in "=+-@\t\r" else text


def assumption(one: AssumptionView) -> AssumptionShown:
    known, made = one.setting, one.made
    return AssumptionShown(
        name=known.name, title=known.title, value=one.value, default=known.default, unit=known.unit, why=known.why,
        by=made.by if made else None, at=made.at if made else None, reason=made.reason if made else "",
    )  # fmt: skip
