"""Reads a case as a storm out of the journal: its lanes, joins, what was left out, and what people put right in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tickless.domain.case import Case, Participant
from tickless.domain.regroup import Doubt, Link, Regroup
from tickless.domain.world import World
from tickless.flow.ending.ends import JOINED
from tickless.journal import Tx
from tickless.stages.correlate.regroup import rules
from tickless.stages.correlate.regroup.storm import AROUND, PEOPLE, UNKNOWN, LeftOut, Storm, left_out, storm_of

MOST_SIGNALS = 20_000
"""Of a storm that are looked at; the rest is only counted."""
MOST_NEAR = 2_000
MOST_PEOPLE = 500
WhyNot = Callable[[Tx, Regroup], str | None]


@dataclass(frozen=True)
class Kin:
    """A case that belongs with this one, and what the look at it found when its parent was over."""

    case: Case
    link: Link


@dataclass(frozen=True)
class StormBook:
    """All that a page or an answer about a storm tells. `undo`: why each regroup cannot be undone any more; absent: it can."""

    case: Case
    storm: Storm
    left_out: tuple[LeftOut, ...]
    people: tuple[Participant, ...]
    own: tuple[Case, ...]
    """Cases of people's own that turned out to be this trouble and were left to it: they hear with it, and count with it."""
    suspects: tuple[str, ...]
    regroups: tuple[Regroup, ...]
    undo: dict[str, str]
    parent: Case | None
    children: tuple[Kin, ...]
    merged: tuple[Case, ...]
    """Cases that went into this one."""
    doubts: tuple[tuple[Doubt, Case], ...]
    """Live cases that look like this one, and why."""

    @property
    def reports(self) -> int:
        """What people reported: into the case itself, and as cases of their own that were left to it."""
        return self.storm.reports + len(self.own)

    @property
    def compression(self) -> float:
        """The share of alerts and reports that made no case to be worked on."""
        heard = self.storm.alerts + self.reports
        return 0.0 if heard == 0 else 1 - 1 / heard


def read_storm(tx: Tx, case: Case, world: World, *, why_not_undone: WhyNot) -> StormBook:
    """One case with everything around it. `why_not_undone` says of a regroup why it cannot be undone any more."""
    signals = tx.alerts.joined_count(case.id)
    joined = tx.alerts.joined(case.id, limit=MOST_SIGNALS)
    alerts = tx.alerts.of_case(case.id)
    storm = storm_of(joined, alerts, signals=signals, about=case.service, world=world)
    regroups = tuple(tx.regroups.of_cases([case.id]))
    people = [one for one in tx.alerts.participants(case.id) if one.role in {"affected", "requester"}]
    standing = [one for one in regroups if one.undone_at is None]
    gone = [one for group in standing if group.kind == "merge" and group.into == case.id for one in group.out_of]
    return StormBook(
        case=case,
        storm=storm,
        left_out=_left_out(tx, case, storm, world),
        people=tuple(people),
        own=tuple(_left_to_it(tx, case, people)),
        suspects=tuple(piece.text for piece in case.evidence if piece.source == "changes"),
        regroups=regroups,
        undo={one.id: why for one in standing if (why := why_not_undone(tx, one)) is not None},
        parent=tx.cases.get(case.parent) if case.parent and rules.children_of_part(case) else None,
        children=tuple(
            Kin(child, link) for link in tx.links.by(parent=case.id, limit=200) if (child := tx.cases.get(link.child))
        ),
        merged=tuple(found for one in dict.fromkeys(gone) if (found := tx.cases.get(one)) is not None),
        doubts=tuple(open_doubts(tx, case)),
    )


def _left_to_it(tx: Tx, case: Case, people: list[Participant]) -> list[Case]:
    found: dict[str, Case] = {}
    for ref in dict.fromkeys(one.ref for one in people[:MOST_PEOPLE]):
        found |= {one.id: one for one in tx.cases.by(requester=ref, limit=200) if one.inputs.get(JOINED) == case.id}
    return list(found.values())


def open_doubts(tx: Tx, case: Case) -> list[tuple[Doubt, Case]]:
    """Live cases that look like this one, the surest first."""
    if not rules.stands(case):
        return []
    table = tx.doubts.table.c
    mine = (table.one == case.id) | (table.other == case.id)
    found = []
    for doubt in tx.doubts.where(table.state == "open", mine, limit=50):
        other = tx.cases.get(doubt.other if doubt.one == case.id else doubt.one)
        if other is not None and rules.stands(other):
            found.append((doubt, other))
    return sorted(found, key=lambda pair: (-pair[0].sure, pair[1].number))


def every_doubt(tx: Tx, *, limit: int = 200) -> list[tuple[Doubt, Case, Case]]:
    """Cases that look like one and both still stand, the surest first."""
    table = tx.doubts.table.c
    found = []
    for doubt in tx.doubts.where(table.state == "open", order=table.at.desc(), limit=limit):
        one, other = tx.cases.get(doubt.one), tx.cases.get(doubt.other)
        if one is not None and other is not None and rules.stands(one) and rules.stands(other):
            found.append((doubt, one, other))
    return sorted(found, key=lambda three: -three[0].sure)


def _left_out(tx: Tx, case: Case, storm: Storm, world: World) -> tuple[LeftOut, ...]:
    if storm.first is None or storm.last is None:
        return ()
    near = tx.regroups.alerts_between(storm.first - AROUND, storm.last + AROUND, without=case.id, limit=MOST_NEAR)
    cases: dict[str, tuple[int, str]] = {}
    for identity in {one.case for one in near if one.case}:
        other = tx.cases.get(identity)
        first = next(iter(tx.alerts.joined(identity, limit=1)), None)
        if other is not None:
            cases[identity] = (other.number, first.why if first else "")
    services = {lane.key for lane in storm.lanes} - {PEOPLE, UNKNOWN}
    return left_out(near, cases, services=services, world=world)
