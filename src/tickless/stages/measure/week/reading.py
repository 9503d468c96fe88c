"""Reads a week out of the journal. Read-only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from tickless.domain.case import LIVE_STATES
from tickless.domain.world import World
from tickless.journal import Journal
from tickless.stages.measure.week.facts import Facts
from tickless.stages.measure.week.transitions import Transition

MOST_CASES = 20_000
MOST_HOLDS = 50_000
MOST_FORECASTS = 500


def read_facts(journal: Journal, world: World, *, since: dt.datetime, until: dt.datetime) -> Facts:
    """Everything that a report on these days needs. Raises `Unreachable`."""
    transitions = [Transition(*row) for row in journal.signals.transitions(since=since, until=until)]
    waiting = journal.signals.waiting_by_source()
    with journal.read() as tx:
        cases, ends, holds, seen = tx.cases.table.c, tx.resolutions.table.c, tx.holds.table.c, tx.sightings.table.c
        said = tx.foretold.table.c
        left = (*sorted(LIVE_STATES), "handed_off")
        found = tx.cases.where(
            cases.opened_at < until,
            (cases.opened_at >= since) | cases.state.in_(left),
            order=cases.number,
            limit=MOST_CASES,
        )
        return Facts(
            since=since, until=until, transitions=transitions, world=world, quarantined=waiting, cases=found,
            alerts=tx.alerts.many({one.key for one in transitions}),
            resolutions=tx.resolutions.where(ends.at >= since, ends.at < until, limit=MOST_CASES),
            holds=tx.holds.where(holds.since >= since, holds.since < until, order=holds.since, limit=MOST_HOLDS),
            forecasts=[
                one for one in tx.sightings.where(seen.at < until, order=seen.at.desc(), limit=MOST_FORECASTS)
                if one.kind == "forecast" and one.updated_at >= since
            ],
            foretold=[
                one for one in tx.foretold.where(said.at < until, order=said.at.desc(), limit=MOST_FORECASTS)
                if one.said_at >= since or one.fate is None or (one.fate_at is not None and one.fate_at >= since)
            ],
            doubts=tx.doubts.count(tx.doubts.table.c.state == "open"),
        )  # fmt: skip


def read_counts(
    journal: Journal, *, since: dt.datetime, until: dt.datetime, services: Collection[str] | None = None
) -> dict[str, float | None]:
    """Some of a report's figures, for the span that it is compared with. `services`: of these only. Raises `Unreachable`."""
    with journal.read() as tx:
        cases, ends = tx.cases.table.c, tx.resolutions.table.c
        began = [cases.opened_at >= since, cases.opened_at < until, cases.state != "merged"]
        over = [ends.at >= since, ends.at < until]
        if services is not None:
            began.append(cases.service.in_(services))
            over.append(ends.service.in_(services))
        return {
            "cases_of_machines": float(tx.cases.count(*began, cases.door == "machine")),
            "cases_of_people": float(tx.cases.count(*began, cases.door == "human")),
            "handed_off": float(tx.resolutions.count(*over, ends.outcome == "handed_off")),
            "regressed": float(tx.resolutions.count(*over, ends.outcome == "regressed")),
        }
