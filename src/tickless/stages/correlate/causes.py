"""What is behind a machine case, as it grows: gathers what is known of it and has it weighed.

Bounded: a case is looked at again only when it grew by a share or a while has passed, and a batch looks at few.
"""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from tickless.domain.case import Case
from tickless.domain.cause import RootCause
from tickless.domain.change_event import ChangeEvent
from tickless.stages.correlate.cause.ranking import Cause
from tickless.stages.correlate.cause.traffic import Traffic, cause_in
from tickless.stages.correlate.cause.weighing import Changed, Known, same_but_for_time, weigh_causes
from tickless.stages.correlate.core import CAUSES, TRUSTED
from tickless.stages.correlate.grouping.roots import Root
from tickless.stages.correlate.live import LiveCases
from tickless.stages.correlate.suspects import AFTER, BEFORE

MOST = 20
"""Cases of a batch that are looked at."""
GREW = 1.2
"""A case is looked at again when it has so many times the alerts."""
AGAIN = dt.timedelta(minutes=1)
FRESH = dt.timedelta(seconds=15)
"""How old what traces show may be."""
REMEMBERED = 5_000


@dataclass(frozen=True)
class _Looked:
    alerts: int
    at: dt.datetime
    subject: str | None


class Causes:
    """`roots`: tenant and case → where its alerts say that it began. `traffic`: what traces show now; None without any."""

    def __init__(self, roots: Callable[[str, str], tuple[Root, ...]]) -> None:
        self._roots = roots
        self.traffic: Callable[[dt.datetime], Traffic | None] = lambda _now: None
        self._seen: Traffic | None = None
        self._looked: OrderedDict[str, _Looked] = OrderedDict()

    def tell(self, live: LiveCases, *, now: dt.datetime) -> None:
        """Look at the cases that grew in this batch, the most grown first."""
        due = [case for case in live.grown() if self._due(case, live.alerts_of(case), now)]
        for case in sorted(due, key=lambda one: (-live.alerts_of(one), one.number))[:MOST]:
            found = self.of(live, case, now=now)
            self._looked[case.id] = _Looked(live.alerts_of(case), now, case.subject)
            self._looked.move_to_end(case.id)
            if not same_but_for_time(case.cause, found):
                live.explain(case, found)
        while len(self._looked) > REMEMBERED:
            self._looked.popitem(last=False)

    def _due(self, case: Case, alerts: int, now: dt.datetime) -> bool:
        if case.kind != "incident" or not case.live or case.service is None:
            return False
        looked = self._looked.get(case.id)
        if looked is None or looked.subject != case.subject:
            return True
        return alerts >= looked.alerts * GREW or now - looked.at >= AGAIN

    def of(self, live: LiveCases, case: Case, *, now: dt.datetime) -> RootCause:
        """What is behind it, as of now."""
        roots = self._roots(case.tenant, case.id)
        broken = live.tx.alerts.firing_of(case.id, CAUSES, limit=20)
        said = [
            (one.service, f"It says so itself: {(one.need or '').replace('_', ' ')}.", one.signal or "")
            for one in broken
            if one.service
        ]
        traced = self._traced(case, now)
        nodes = {one.node for one in roots} | {node for node, _, _ in said}
        nodes |= {one.node for one in traced.suspects} if traced is not None else set()
        if not nodes and case.service is not None:  # nothing else is known of it yet
            roots = (Root(case.service, 0.3, "It is what the first alert is about."),)
            nodes = {case.service}
        known = Known(
            roots=roots,
            broken=said,
            felt=_felt(live, nodes, {node for node, _, _ in said}),
            traced=traced,
            changes=self._changes(live, case, nodes),
            alerts=live.alerts_of(case),
        )
        return weigh_causes(known, name=live.nearby.name, at=now)

    def _traced(self, case: Case, now: dt.datetime) -> Cause | None:
        if self._seen is None or now - self._seen.at > FRESH:
            self._seen = self.traffic(now)
        if self._seen is None or not self._seen.services or case.service is None:
            return None
        return cause_in(self._seen, target=case.service, began=case.opened_at)

    @staticmethod
    def _changes(live: LiveCases, case: Case, nodes: Iterable[str]) -> list[Changed]:
        table = live.tx.changes.table.c
        found: list[ChangeEvent] = live.tx.changes.where(
            table.service.in_(sorted(nodes)),
            table.occurred_at >= case.opened_at - BEFORE,
            table.occurred_at <= case.opened_at + AFTER,
            order=table.occurred_at.desc(),
            limit=20,
        )
        return [
            Changed(one.service or "", max(case.opened_at - one.occurred_at, dt.timedelta()), _words(one, case), one.id)
            for one in found
        ]


def _felt(live: LiveCases, nodes: Iterable[str], broken: Collection[str]) -> dict[str, str]:
    """Things that need another one which is broken → its name: the deeper one explains the other."""
    found = {}
    for node in sorted(set(nodes)):
        needs = live.nearby.needs(node)
        below = [one for one in sorted(broken) if one != node and one in needs and needs[one].trust >= TRUSTED]
        if below:
            found[node] = live.nearby.name(max(below, key=lambda one: (needs[one].steps, one)))
    return found


def _words(change: ChangeEvent, case: Case) -> str:
    minutes = max(0, round((case.opened_at - change.occurred_at).total_seconds() / 60))
    what = "deployed" if change.kind == "deploy" else "changed"
    return f"It was {what} {minutes} minutes before." if minutes else f"It was {what} at the same time."
