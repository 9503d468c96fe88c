"""What follows when an alert stands in a case: what the case is about, which cases turn out to be one, what the map
learns."""

from __future__ import annotations

import datetime as dt

from tickless.domain.case import Case
from tickless.domain.finding import Finding
from tickless.domain.service import Dependency
from tickless.journal import Tx
from tickless.practices.services.judging import learn_edge
from tickless.stages.correlate.advice import Advice
from tickless.stages.correlate.cause.weighing import NAMED
from tickless.stages.correlate.core import Placed, is_symptom
from tickless.stages.correlate.deciding import union_of
from tickless.stages.correlate.live import LiveCases
from tickless.stages.correlate.placing import Union
from tickless.stages.correlate.regroup.doubts import Doubts
from tickless.stages.correlate.regroup.follow import standing_for


def leads(advice: Advice, case: Case, finding: Finding) -> bool:
    """Whether a case of symptoms, about which nothing was decided yet, most likely began where this finding is."""
    service = finding.slots.get("service")
    if case.state != "open" or service in {None, case.service} or not is_symptom(case.need):
        return False
    roots = advice.roots(case.tenant, case.id)
    return bool(roots) and roots[0].node == service and roots[0].chance >= NAMED


class Growing:
    """Used where alerts are placed, in the same transaction."""

    def __init__(self, advice: Advice) -> None:
        self._advice = advice
        self._doubts = Doubts()

    def case_of(self, live: LiveCases, tenant: str, storm: str) -> Case | None:
        """The case of a storm: where it was merged, the one that stands for it."""
        case = live.get(storm)
        if case is None or case.state != "merged":
            return case
        whole = standing_for(live.tx, case)
        self._advice.unite(tenant, whole.id, case.id)
        return live.get(whole.id)

    def unions(self, live: LiveCases, case: Case, placed: Placed, *, now: dt.datetime) -> list[Union]:
        """What turned out to be one: for the house while the part is young, for people to say where it is not."""
        found = [Union(case.id, one.id, placed.why) for one in placed.explained]
        doubtful = []
        for alike in self._advice.unions(case.tenant, case.id):
            other = live.get(alike.case)
            union = union_of(case, other, alike.why, now=now) if other is not None else None
            if union is not None:
                found.append(union)
            else:
                doubtful.append(alike)
        self._doubts.note(live.tx, case, doubtful, now=now)
        return found

    def keep_learnt(self, tx: Tx, tenant: str, now: dt.datetime) -> None:
        """Edges that alerts have shown are put on the map, with where they are from and how sure they are."""
        for edge, source in self._advice.learnt(tenant):
            seen = dt.datetime.fromtimestamp(edge.last_seen, dt.UTC)
            learnt = Dependency(
                service=edge.service, needs=edge.needs, source=source, confidence=edge.confidence, last_seen=seen
            )
            learn_edge(tx, learnt, at=now)
