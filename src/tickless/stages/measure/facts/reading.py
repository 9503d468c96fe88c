"""Reads the material of figures out of the journal. Read-only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from tickless.domain.portfolio import PortfolioEntry
from tickless.domain.service import Service
from tickless.domain.supplier import Agreement
from tickless.domain.world import World
from tickless.journal import Journal, Tx
from tickless.journal.measure_rows import MeasureRows
from tickless.practices.portfolio.core import met, newest
from tickless.stages.measure.facts.live import Lived, from_lived, outages_of, runs_of
from tickless.stages.measure.facts.past import from_past
from tickless.stages.measure.facts.tied import tied
from tickless.stages.measure.metrics.history import CaseHistory
from tickless.stages.measure.metrics.material import (
    AskedFact,
    ChangeFact,
    Costs,
    ExposureFact,
    LimitFact,
    Material,
    ModelFact,
    ServiceFact,
)

MOST = 250_000
"""Cases, and tickets of the past, that are read at most: the newest."""
MARKS = ("case.open", "case.reopened", "case.impact", "case.corrected")
BAD_CHANGE = frozenset({"failed", "backed_out", "degraded"})
EXPOSED = ("unpatched_since", "exposed_since")
"""Attributes of configuration items that tell since when a weakness is known."""
T = TypeVar("T")


def read_material(
    journal: Journal,
    world: World,
    *,
    since: dt.datetime,
    now: dt.datetime,
    runbooks: int,
    hours: str,
    zone: str,
    costs: Costs,
) -> Material:
    """Everything since a moment, with cases that are still open. Raises `Unreachable`."""
    with journal.read() as tx:
        lived, rows = _lived(tx, since), MeasureRows(tx.connection)
        past = rows.past(since=since, most=MOST)
        return Material(
            now=now, cases=[*from_lived(lived), *from_past(past)], changes=_changes(tx, since), services=_services(tx, world),
            outages=outages_of(lived), asked=_asked(tx, since), limits=_limits(tx), exposures=_exposures(tx, world),
            runs=runs_of(lived), models=[
                ModelFact(at=one.at, tokens=int(one.detail.get("sent") or 0) + int(one.detail.get("received") or 0))
                for one in rows.marks(("model.asked",), since=since)
            ],
            runbooks=runbooks, hours=hours, zone=zone, costs=costs,
            service_names={one.id: one.name for one in world.services.values()},
        )  # fmt: skip


def read_these(tx: Tx, refs: Sequence[str]) -> list[CaseHistory]:
    """The cases and tickets of the past with these ids (`live:…`, `past:…`), as figures see them; without how they ended."""
    rows = MeasureRows(tx.connection)
    numbers = [int(one.removeprefix("live:")) for one in refs if one.startswith("live:")]
    tickets = [one.removeprefix("past:") for one in refs if one.startswith("past:")]
    return [*from_lived(Lived(rows.cases_of(numbers))), *from_past(rows.tickets_of(tickets))]


def _lived(tx: Tx, since: dt.datetime) -> Lived:
    rated, asked = tx.ratings.table.c, tx.asked.table.c
    rows = MeasureRows(tx.connection)
    found = rows.cases(since=since, most=MOST)
    earliest = min((one.opened_at for one in found), default=since)
    begin = min(earliest, since)
    return Lived(
        cases=found,
        ends=_by(rows.ends(since=since, most=2 * MOST), lambda one: one.case),
        decided=rows.first_decisions(since=begin),
        runs=_by(rows.runs(since=begin), lambda one: one.case),
        tickets={one.case: one for one in tx.tickets.where(limit=MOST)},
        ratings=_by(tx.ratings.where(rated.at >= begin, limit=MOST), lambda one: one.case),
        marks=_by(rows.marks(MARKS, since=begin), lambda one: one.case or ""),
        followers=rows.followers(),
        referrals=_by(tx.referrals.where(limit=MOST), lambda one: one.case),
        agreements=_agreements(tx),
        used=frozenset(one.case for one in tx.asked.where(asked.at >= begin, limit=MOST) if one.case and one.article),
        began=rows.first_signals(since=since),
        waits=rows.waits([one.id for one in found]),
        known=tied(found, tx.problem_records.where(limit=MOST), errors=bool(tx.known_errors.count())),
    )


def _agreements(tx: Tx) -> dict[str, list[Agreement]]:
    """Of teams of one's own, with targets, by service: what a supplier promises us is no promise to people."""
    found: dict[str, list[Agreement]] = {}
    for one in tx.agreements.where(tx.agreements.table.c.state == "active", limit=MOST):
        for service in one.services if one.kind == "ola" and one.targets else ():
            found.setdefault(service, []).append(one)
    return found


def _changes(tx: Tx, since: dt.datetime) -> list[ChangeFact] | None:
    """Changes on record; None where nobody keeps any."""
    table = tx.change_records.table.c
    found = [one for one in tx.change_records.where(order=table.id.desc(), limit=MOST) if one.ends_at >= since]
    made = [one for one in found if one.begun_at is not None or one.state in {"watched", "closed"}]
    if not found:
        return None
    return [
        ChangeFact(id=one.id, title=one.title, service=one.service or "", at=one.begun_at or one.starts_at,
                   kind=one.kind, success=None if one.result in {None, "unknown"} else one.result not in BAD_CHANGE,
                   link=f"/changes/{one.id}")
        for one in made
    ]  # fmt: skip


def _services(tx: Tx, world: World) -> list[ServiceFact] | None:
    if not world.services:
        return None
    kept = {one.id: one for one in tx.portfolio.where(limit=MOST)}
    return [
        _service(one, kept.get(one.id), users=world.users_of({one.id}))
        for one in world.services.values() if one.lifecycle in {"live", "retiring"}
    ]  # fmt: skip


def _service(one: Service, entry: PortfolioEntry | None, *, users: int | None) -> ServiceFact:
    """With its recovery target, and when the newest failover was shown, where that one met every target."""
    target = entry.recovery_minutes if entry else None
    last = newest(entry) if entry else None
    proved = last.at if entry and last is not None and met(entry, last) else None
    return ServiceFact(
        id=one.id, name=one.name, criticality=one.criticality, owner=one.owner or one.team or "", supplier=one.supplier or "",
        hours=one.hours, users=users, recovery_hours=None if target is None else target / 60, proved_at=proved,
    )  # fmt: skip


def _asked(tx: Tx, since: dt.datetime) -> list[AskedFact]:
    table = tx.asked.table.c
    return [
        AskedFact(id=one.id, at=one.at, article=one.article or "", helped=one.helped, case=one.case or "")
        for one in tx.asked.where(table.at >= since, limit=MOST)
    ]


def _limits(tx: Tx) -> list[LimitFact] | None:
    table = tx.foretold.table.c
    ever = tx.foretold.count()
    if not ever:
        return None
    return [
        LimitFact(id=one.id, text=one.text.tame(200), likely=one.crossing.likely)
        for one in tx.foretold.where(table.open.is_(True), limit=10_000)
    ]


def _exposures(tx: Tx, world: World) -> list[ExposureFact] | None:
    """Things that their inventory says have a weakness. None where no inventory tells of any."""
    looked = [one for one in tx.assets.where(limit=MOST) if one.open_weaknesses is not None]
    told = [(item, name) for item in world.items.values() for name in EXPOSED if name in item.attributes]
    if not told and not looked:
        return None
    assets = [
        ExposureFact(
            id=one.id, name=one.title, since=None, service=one.service or "", link=f"/portfolio/assets/{one.id}"
        )
        for one in looked
        if one.open_weaknesses
    ]
    return assets + [
        ExposureFact(id=item.id, name=item.name, since=_moment(item.attributes[name]), service=item.service or "")
        for item, name in told if item.attributes[name]
    ]  # fmt: skip


def _moment(text: str) -> dt.datetime | None:
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def _by(rows: Iterable[T], key: Callable[[T], str]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    for one in rows:
        found.setdefault(key(one), []).append(one)
    return found
