"""The audit record: who did what, when, and why; checked on request, exported as lines of JSON."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from tickless.domain.errors import TicklessError
from tickless.doors.console.frame import Form, Frame, Screen, Visit
from tickless.doors.entrance.audit_lines import exported
from tickless.flow.desk.accounting import account
from tickless.journal.audit import AuditRow

PER_PAGE = 60
CASES_AT_A_TIME = 100
LOOK_BACK = 3_000
"""Rows that a filter looks through before it says that there is more."""


def routes(frame: Frame) -> list[BaseRoute]:
    async def export(request: Request) -> Response:
        try:
            await run_in_threadpool(frame.visit, request, "audit")
        except TicklessError as error:
            return frame.refusal(request, error)
        return StreamingResponse(
            exported(frame.desk, form="jsonl"),
            media_type="application/jsonl",
            headers={"Content-Disposition": 'attachment; filename="tickless-audit.jsonl"', "Cache-Control": "no-store"},
        )

    return [
        frame.show("/audit", "audit", page),
        frame.show("/audit/decisions", "audit", decisions),
        frame.deed("/audit/verify", "audit", verify),
        Route("/audit/export", export, methods=["GET"]),
    ]


def page(visit: Visit) -> Screen:
    return Screen("audit.html", content(visit))


def content(visit: Visit) -> dict[str, object]:
    """Newest first; `next` is where the next page begins."""
    text = visit.asked("text")
    before = visit.number("before")
    found: list[AuditRow] = []
    looked, next_page = 0, None
    with visit.desk.journal.read() as tx:
        while len(found) < PER_PAGE and looked < LOOK_BACK:
            rows = tx.audit.latest(before=before, limit=PER_PAGE if text is None else 500)
            looked += len(rows)
            for row in rows:
                before = row.seq
                if _has(row, text):
                    found.append(row)
                if len(found) == PER_PAGE:
                    break
            if not rows:
                before = None
                break
        next_page = before if before is not None and before > 1 else None
        numbers = {row.case: case.number for row in found if row.case and (case := tx.cases.get(row.case))}
    return {"rows": found, "next": next_page, "text": text or "", "numbers": numbers, "report": None}


def _has(row: AuditRow, text: str | None) -> bool:
    return text is None or text.lower() in f"{row.actor} {row.action} {row.subject} {row.case} {row.detail}".lower()


def decisions(visit: Visit) -> Screen:
    """Made again, so many cases at a time."""
    after = visit.number("after") or 0
    done = account(visit.desk.journal, visit.desk.record, after=after, cases=CASES_AT_A_TIME)
    return Screen("audit_decisions.html", {"done": done, "first": after + 1, "last": done.next or "the newest"})


async def verify(visit: Visit, form: Form) -> Screen:
    """Walk the whole chain."""

    def walk() -> dict[str, object]:
        return {**content(visit), "report": visit.desk.record.verify()}

    return Screen("audit.html", await run_in_threadpool(walk))
