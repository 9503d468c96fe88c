"""Whether a risk leaves time for its runbook: said in its case beforehand, and to the owner where it may be too late."""

from __future__ import annotations

import datetime as dt
from typing import Final

from tickless.domain.decision import Decision
from tickless.domain.finding import Evidence
from tickless.domain.sighting import Sighting
from tickless.flow.rooms import Rooms
from tickless.flow.saying.conversation import personal, say
from tickless.journal import Tx
from tickless.stages.decide.lead_time import Lead, lead

SOURCE: Final = "lead time"
MENDED: Final = ("verified", "prevented", "confirmed")
LOOKED_AT: Final = 50
"""The newest cases that a runbook mended, from which its usual time is told."""


class Timing:
    """Used by the steps of a case, in their transaction."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def note(self, tx: Tx, case: str, decision: Decision, foreseen: Sighting | None, *, now: dt.datetime) -> None:
        """Say once for each runbook that is decided on in a risk whether there is time for it."""
        found = self._lead(tx, decision, foreseen, now=now)
        record = tx.cases.need(case, lock=True)
        if found is None or decision.plan is None:
            return
        if any(one.source == SOURCE and one.ref == decision.plan.runbook for one in record.evidence):
            return
        why = Evidence(text=found.told, source=SOURCE, ref=decision.plan.runbook)
        tx.cases.put(record.model_copy(update={"evidence": (*record.evidence, why)}))
        service = self._rooms.world().services.get(record.service or "")
        if found.enough is False and service is not None and service.owner:
            text = f"Case {record.number}, {record.title.tame(120)}: {found.told}"
            key = f"{record.id}:{record.generation}:late"
            say(tx, conversation=personal(service.owner), case=record, text=text, key=key, at=now, private=True)

    def _lead(self, tx: Tx, decision: Decision, foreseen: Sighting | None, *, now: dt.datetime) -> Lead | None:
        if foreseen is None or foreseen.crossing is None or decision.plan is None:
            return None
        table = tx.resolutions.table.c
        taken = tx.resolutions.where(
            table.runbook == decision.plan.runbook, table.outcome.in_(MENDED), order=table.at.desc(), limit=LOOKED_AT
        )  # fmt: skip
        seconds = [one.seconds for one in taken]
        return lead(foreseen.crossing, seconds, runbook=decision.plan.runbook, now=now)
