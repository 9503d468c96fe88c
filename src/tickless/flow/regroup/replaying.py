"""The last days' alerts once more through correlation, with some lessons and without: what would stand where?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from tickless.domain.finding import Finding
from tickless.domain.regroup import GroupingLesson
from tickless.domain.signal import Signal
from tickless.flow.rooms import Rooms
from tickless.journal import Tx
from tickless.journal.scratch import scratch_journal
from tickless.stages.correlate.grouping.corrections import Corrections
from tickless.stages.correlate.regroup.follow import standing_for
from tickless.stages.correlate.regroup.lessons import Judged, in_force, judge
from tickless.stages.correlate.service import CorrelateRoom

PAST = dt.timedelta(days=14)
MOST = 3_000
"""Alerts that are read again, the newest."""
Heard = tuple[Signal, Finding]


class Replaying:
    """Judges lessons by what people left together and apart. Changes nothing."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def judge(self, taught: Sequence[GroupingLesson], chosen: Sequence[GroupingLesson], *, now: dt.datetime) -> Judged:
        """What teaching `chosen` besides `taught` would have done."""
        heard, truth = self._past(now)
        new = {one.id for one in chosen}
        before = in_force((one for one in taught if one.id not in new), now=now)
        after = in_force([*(one for one in taught if one.id not in new), *chosen], now=now)
        return judge(truth, self._groups(heard, before), self._groups(heard, after))

    def _past(self, now: dt.datetime) -> tuple[list[Heard], dict[str, str]]:
        """The alerts of the last days in the order in which they came, and the case in which each of them is now."""
        with self._rooms.journal.read() as tx:
            truth = tx.regroups.places(since=now - PAST, limit=MOST)
            findings = {one.signal: one for one in tx.regroups.findings_of(list(truth))}
            whole = {case: self._whole(tx, case) for case in set(truth.values())}
        signals = self._rooms.journal.signals.many(truth)
        heard = [(signals[one], findings[one]) for one in truth if one in signals and one in findings]
        heard.sort(key=lambda pair: (pair[0].received_at, pair[0].id))
        right = {signal.id: whole[truth[signal.id]] for signal, _ in heard if signal.state == "firing"}
        return heard, right

    @staticmethod
    def _whole(tx: Tx, case: str) -> str:
        found = tx.cases.get(case)
        return case if found is None else standing_for(tx, found).id

    def _groups(self, heard: Iterable[Heard], corrections: Corrections) -> dict[str, str]:
        """Where each alert would have stood. A case is over when none of its alerts fires any more."""
        room = CorrelateRoom(world=self._rooms.world, corrections=lambda _: corrections)
        stood: dict[str, str] = {}
        with scratch_journal() as scratch, scratch.write() as tx:
            for signal, finding in heard:
                tx.findings.put(finding)
                placed = room.alert(tx, signal, finding, now=signal.received_at)
                if placed.case is None:
                    continue
                if signal.state == "firing":
                    stood[signal.id] = placed.case.id
                elif all(one.state != "firing" for one in tx.alerts.of_case(placed.case.id)):
                    over = tx.cases.need(placed.case.id)
                    tx.cases.put(over.model_copy(update={"state": "resolved", "resolved_at": signal.received_at}))
        return stood
