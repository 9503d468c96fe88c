"""Forecasts are held against what came: each is kept as it was said first, and told to be true, untrue or prevented."""

from __future__ import annotations

import datetime as dt
from typing import Final

from tickless.domain.case import Case
from tickless.domain.finding import Evidence
from tickless.domain.foretold import Foretold
from tickless.domain.sighting import Crossing, Point, Sighting
from tickless.flow.rooms import Rooms
from tickless.flow.saying.conversation import personal, say
from tickless.journal import Tx
from tickless.stages.sense.telemetry.told import SOURCE as TELLER
from tickless.stages.verify.foretelling import Became, Since, became

SOURCE: Final = "forecast"
LOOKED_BACK: Final = dt.timedelta(days=40)
"""How long a forecast is waited for."""
MOST: Final = 500
_AT_RUN: Final = "sgt_run_"
"""Sightings that were noted when a run began are no episodes of their own."""


class Foretelling:
    """Called by the schedules, under their lease."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def look(self, now: dt.datetime) -> None:
        """Keep what is foreseen anew, and tell what became of what is still open."""
        with self._rooms.journal.read() as tx:
            table = tx.foretold.table.c
            seen = tx.sightings.where(
                tx.sightings.table.c.at > now - LOOKED_BACK, order=tx.sightings.table.c.at.desc(), limit=4 * MOST
            )  # fmt: skip
            episodes = {one.id: one for one in seen if one.kind == "forecast" and not one.id.startswith(_AT_RUN)}
            still = tx.foretold.where(table.open.is_(True), order=table.at.desc(), limit=MOST)
            known = {one.id for one in still} | {one for one in episodes if tx.foretold.get(one) is not None}
            fresh = [
                said for one in episodes.values() if one.id not in known and (said := _said_of(tx, one)) is not None
            ]
            found = [
                (one, is_now)
                for one in (*still, *fresh)
                if (is_now := became(one, self._since(tx, one, episodes.get(one.id)), now=now)) is not None
            ]
        if not (fresh or found):
            return
        with self._rooms.journal.write() as tx:
            tx.foretold.put_all(fresh)
            for one, is_now in found:
                self._tell(tx, one, is_now, now=now)

    def _since(self, tx: Tx, said: Foretold, episode: Sighting | None) -> Since:
        case = _case_of(tx, said)
        runs = tx.runs.by(case=case.id) if case is not None else []
        acted = any(receipt.changed for run in runs for receipt in tx.receipts_of(run.id))
        drawn = episode.points if episode is not None else ()
        measured = [*self._rooms.foresight.measured(said.series, since=said.said_at), *drawn]
        return Since(
            measured=[one for one in measured if _after(one, said)],
            acted=acted,
            outcome=case.outcome if case is not None else None,
            over_at=episode.over_at if episode is not None else None,
        )

    def _tell(self, tx: Tx, said: Foretold, is_now: Became, *, now: dt.datetime) -> None:
        case = _case_of(tx, said)
        tx.foretold.put(
            said.model_copy(update={"fate": is_now.fate, "fate_at": is_now.at, "told": is_now.told,
                                    "case": case.id if case is not None else None})
        )  # fmt: skip
        if case is None or is_now.fate not in {"came_true", "did_not"}:
            return
        record = tx.cases.need(case.id, lock=True)
        why = Evidence(text=f"{said.text.tame(200)}. {is_now.told}", source=SOURCE, ref=said.id)
        tx.cases.put(record.model_copy(update={"evidence": (*record.evidence, why), "updated_at": now}))
        action = "forecast.came_true" if is_now.fate == "came_true" else "forecast.did_not"
        tx.audit.append(at=now, actor="tickless", action=action, subject=record.subject or record.id, case=record.id,
                        detail={"forecast": said.id, "why": is_now.told})  # fmt: skip
        service = self._rooms.world().services.get(record.service or "")
        if is_now.fate == "came_true" and service is not None and service.owner:
            text = f"Case {record.number}: {why.text}"
            say(
                tx,
                conversation=personal(service.owner),
                case=record,
                text=text,
                key=f"{said.id}:true",
                at=now,
                private=True,
            )


def _said_of(tx: Tx, one: Sighting) -> Foretold | None:
    """A forecast as it is said, also where it is over by now; None where it has no limit, or where that is met: then nothing is
    foreseen."""
    met = one.crossing is not None and one.crossing.latest is not None and one.crossing.latest <= one.updated_at
    if one.limit is None or met:
        return None
    alert = tx.alerts.get(one.fingerprint, TELLER)
    return Foretold(
        id=one.id, fingerprint=one.fingerprint, source=one.source, series=one.series, subject=one.subject, what=one.what,
        text=one.text, unit=one.unit, limit=one.limit, said_at=one.updated_at, crossing=one.crossing or Crossing(),
        basis=one.basis, case=alert.case if alert is not None else None,
    )  # fmt: skip


def _case_of(tx: Tx, said: Foretold) -> Case | None:
    alert = tx.alerts.get(said.fingerprint, TELLER)
    case = tx.cases.get(alert.case or said.case or "") if alert is not None else tx.cases.get(said.case or "")
    while case is not None and case.merged_into:
        case = tx.cases.get(case.merged_into)
    return case


def _after(one: Point, said: Foretold) -> bool:
    return one.at > said.said_at.timestamp()
