"""Intents: how well the language brain tells them apart, and what it was asked that it did not understand."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from starlette.routing import BaseRoute

from tickless.doors.console.frame import Frame, Screen, Visit

DAYS = 30
LOOKED_AT = 5_000


def routes(frame: Frame) -> list[BaseRoute]:
    return [frame.show("/intents", "read", page)]


def page(visit: Visit) -> Screen:
    report = visit.desk.intents()
    with visit.desk.journal.read() as tx:
        table = tx.findings.table.c
        since = visit.now - dt.timedelta(days=DAYS)
        found = tx.findings.where(table.made_at >= since, order=table.made_at.desc(), limit=LOOKED_AT)
    heard = Counter(finding.need or "not understood" for finding in found if finding.act == "need")
    said = sum(heard.values())
    return Screen(
        "intents.html",
        {
            "report": report,
            "heard": heard,
            "said": said,
            "unclear": heard["not understood"] / said if said else None,
            "days": DAYS,
            "served": {intent for runbook in visit.desk.runbooks.values() for intent in runbook.serves.intents},
        },
    )
