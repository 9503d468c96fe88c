"""What telemetry measures after a case has ended: a risk that was only verified may turn out to have been prevented."""

from __future__ import annotations

import datetime as dt
from typing import Final

from tickless.domain.case import Case
from tickless.flow.ending.ends import recount
from tickless.flow.ending.preventing import argument_of, noted
from tickless.flow.rooms import Rooms
from tickless.journal import Tx

LATER: Final = dt.timedelta(hours=1)
"""How long after its end that may still be argued: what is measured much later has other reasons."""
MOST: Final = 50


class Hindsight:
    """Called by the schedules, under their lease."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def look(self, now: dt.datetime) -> None:
        """Argue anew about risks that ended a moment ago."""
        with self._rooms.journal.read() as tx:
            table = tx.cases.table.c
            ended = tx.cases.where(
                table.kind == "risk", table.outcome == "verified", table.updated_at > now - LATER,
                order=table.number.desc(), limit=MOST,
            )  # fmt: skip
            shown = [case.id for case in ended if self._argued(tx, case) is not None]
        for case in shown:
            self._count(case, now=now)

    def _argued(self, tx: Tx, case: Case) -> Case | None:
        """The case with its argument, if that holds now."""
        runs = [run for run in tx.runs.by(case=case.id, state="done") if run.id.split("_")[-2] == str(case.generation)]
        if not runs:
            return None
        argument = argument_of(tx, self._rooms.foresight, case, runs[-1])
        return noted(case, argument) if argument.holds else None

    def _count(self, case: str, *, now: dt.datetime) -> None:
        with self._rooms.journal.write() as tx:
            record = tx.cases.need(case, lock=True)
            argued = self._argued(tx, record) if record.outcome == "verified" else None
            if argued is None:
                return
            tx.cases.put(argued.model_copy(update={"outcome": "prevented", "updated_at": now}))
            recount(tx, record, outcome="prevented")
            tx.audit.append(at=now, actor="tickless", action="case.prevented", subject=record.subject or record.id,
                            case=record.id, detail={"why": argued.evidence[-1].text})  # fmt: skip
