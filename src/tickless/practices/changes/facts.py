"""Reads out of the journal what happened after a change, for `outcomes.py`."""

from __future__ import annotations

import datetime as dt
import re

from tickless.domain.case import Case
from tickless.domain.change import Change, ChangeResult
from tickless.domain.world import World
from tickless.journal import Tx
from tickless.journal.change_facts import began_to_fire, ever_told
from tickless.practices.changes.outcomes import USUAL_OVER, Facts, Trouble, begins, watched_until

MOST = 500
ROLLBACK = re.compile(r"\b(roll(?:ed|ing)?[ -]?back|revert(?:ed|ing|s)?|back(?:ed|ing)?[ -]?out)\b", re.IGNORECASE)
"""How deployments name going back."""


def facts_of(tx: Tx, change: Change, world: World, *, now: dt.datetime) -> Facts:
    """What is known at `now` of the time from its beginning until it is watched no more."""
    since, until = begins(change), min(now, watched_until(change))
    alerts = began_to_fire(tx.connection, change.services, since=since, until=until)
    usual = began_to_fire(tx.connection, change.services, since=since - USUAL_OVER, until=since)
    return Facts(
        troubles=tuple(_troubles(tx, change, world, since=since, until=until)),
        alerts=alerts,
        usual=usual,
        watched=ever_told(tx.connection, change.services),
        rollbacks=tuple(_rollbacks(tx, change, since=since, until=until)),
        checks=tuple(_checks(tx, change)),
    )


def _troubles(tx: Tx, change: Change, world: World, *, since: dt.datetime, until: dt.datetime) -> list[Trouble]:
    """Incidents of either door that began in that time, at its services or at what needs them."""
    distance: dict[str, int] = {}
    for service in change.services:
        for other, hops in world.dependents_of(service).items():
            distance[other] = min(hops, distance.get(other, hops))
    distance |= dict.fromkeys(change.services, 0)
    table = tx.cases.table.c
    found = tx.cases.where(
        table.service.in_(sorted(distance)), table.kind == "incident", table.opened_at >= since, table.opened_at <= until,
        table.state != "merged", order=table.number, limit=MOST,
    )  # fmt: skip
    return [
        Trouble(
            number=case.number,
            title=case.title.tame(160),
            priority=case.impact.priority,
            began_at=case.opened_at,
            distance=distance.get(case.service or "", 0),
            blamed=_blames(case, change),
            elsewhere=_elsewhere(case, change, distance),
        )
        for case in found
        if case.outcome != "muted"
    ]


def _blames(case: Case, change: Change) -> bool:
    return bool(change.event) and any(one.source == "changes" and one.ref == change.event for one in case.evidence)


def _elsewhere(case: Case, change: Change, near: dict[str, int]) -> bool:
    """Its cause is known to lie at a place that this change does not reach."""
    named = case.cause is not None and case.cause.named and case.cause.suspects
    place = case.cause.suspects[0].node if case.cause is not None and named else None
    return place is not None and place not in near and place not in change.services


def _rollbacks(tx: Tx, change: Change, *, since: dt.datetime, until: dt.datetime) -> list[tuple[str, str, dt.datetime]]:
    table = tx.changes.table.c
    events = tx.changes.where(
        table.service.in_(change.services), table.occurred_at > since, table.occurred_at <= until, limit=MOST
    )  # fmt: skip
    return [
        (one.id, one.title.tame(160), one.occurred_at)
        for one in events
        if one.id != change.event and ROLLBACK.search(one.title.raw)
    ]


def _checks(tx: Tx, change: Change) -> list[tuple[str, str, bool, dt.datetime]]:
    """The verdicts of the cases whose runs carried it out."""
    found = []
    for identity in change.runs:
        case = tx.cases.get(identity)
        for verdict in tx.verdicts.by(case=identity):
            if verdict.result != "unknown" and case is not None:
                held = verdict.result == "held"
                words = f"Independent probes say of case {case.number}: {'it held' if held else 'it did not'}."
                found.append((str(case.number), words, held, verdict.made_at))
    return found


def past_of(tx: Tx, *, model: str | None, services: tuple[str, ...], limit: int = 30) -> tuple[ChangeResult, ...]:
    """Outcomes of changes like it, the newest first: of its model, else at its services."""
    table = tx.change_records.table.c
    like = table.ref == model if model else table.service.in_(services)
    found = tx.change_records.where(like, table.state == "closed", order=table.due.desc(), limit=limit)
    return tuple(one.result for one in found if one.result is not None)
