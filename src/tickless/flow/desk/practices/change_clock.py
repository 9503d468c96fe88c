"""What happens to changes by the clock: answers to approvals, outcomes, what sources tell of, authority that is lost."""

from __future__ import annotations

import datetime as dt

from tickless.domain.change import Change
from tickless.domain.change_event import ChangeEvent
from tickless.domain.errors import NotFound
from tickless.domain.known import Maintenance
from tickless.flow.desk.practices.change_approval import answered, end_asking
from tickless.flow.desk.practices.change_parts import ChangeParts
from tickless.flow.keeping import Keeping
from tickless.journal import Tx
from tickless.practices.changes.core import loses_authority
from tickless.practices.changes.facts import past_of
from tickless.practices.changes.from_events import change_of
from tickless.practices.known.from_changes import identity_of

AT_ONCE = 200
LOOK_EVERY = dt.timedelta(minutes=5)
"""So often the outcome of a change that is watched is found anew."""
FORGOTTEN = dt.timedelta(days=1)
"""So long after its time an approved change that nobody began counts as not made."""


class ChangeClock:
    """Called every half minute, by one process."""

    def __init__(self, keeping: Keeping, parts: ChangeParts) -> None:
        self._keeping = keeping
        self._parts = parts
        self._journal = keeping.rooms.journal
        self._seen = ""

    def look(self, now: dt.datetime) -> None:
        """Everything that is due."""
        self._hear()
        with self._journal.read() as tx:
            waiting = tx.change_records.by(state="asked")
            going = [*tx.change_records.by(state="approved"), *tx.change_records.by(state="under_way")]
            watched = tx.change_records.by(state="watched")
        emergencies = [one for one in (*going, *watched) if one.kind == "emergency" and one.case]
        for change in (*waiting, *emergencies):
            self._answers(change, now)
        for change in going:
            self._time_passed(change, now)
        for change in watched:
            if change.outcome is None or now - change.outcome.at >= LOOK_EVERY:
                with self._journal.write() as tx:
                    done = self._parts.judged(tx, tx.change_records.need(change.id, lock=True), now=now)
                    if done.state == "closed" and done.model:
                        self._suspend(tx, done.model, now)

    def _hear(self) -> None:
        """Changes that sources told of, since the last look."""
        with self._journal.read() as tx:
            table = tx.changes.table.c
            events = tx.changes.where(table.id > self._seen, order=table.id, limit=AT_ONCE)
            models = {service: one.id for one in tx.change_models.by(state="authorised") for service in one.services}
        for event in events:
            with self._journal.write() as tx:
                self._keep(tx, event, models)
            self._seen = event.id

    def _keep(self, tx: Tx, event: ChangeEvent, models: dict[str, str]) -> None:
        window = self._window_of(tx, event) if event.kind == "change" else None
        made = change_of(event, models=models)
        if made is None:
            return
        if window is not None:
            made = made.model_copy(update={
                "id": f"chg-{window.id.removeprefix('mnt_')[:12]}", "state": "cancelled" if window.cancelled else "approved",
                "starts_at": window.starts_at, "ends_at": window.ends_at, "begun_at": None, "finished_at": None, "said": None,
                "title": window.title[:200] or made.title, "windows": (window.id,),
            })  # fmt: skip
        known = tx.change_records.get(made.id)
        if known is None or (window is not None and known.state in {"approved", "cancelled"}):
            tx.change_records.put(made)
            self._keeping.record(tx, made.made_by, "change.told", made.id, {"event": event.id, "service": made.service})

    def _window_of(self, tx: Tx, event: ChangeEvent) -> Maintenance | None:
        """The planned work that a change record of a source opened, if it opened one."""
        try:
            signal = self._journal.signals.get(event.id)
        except NotFound:
            return None
        return tx.maintenance.get(identity_of(signal))

    def _answers(self, change: Change, now: dt.datetime) -> None:
        with self._journal.write() as tx:
            change = tx.change_records.need(change.id, lock=True)
            said = answered(tx, change, now=now)
            case = tx.cases.get(change.case or "")
            if said == "waiting" or case is None or (change.state != "asked" and not case.live):
                return
            end_asking(tx, change, said=said, now=now)
            words = {"approved": "Approved.", "denied": "Somebody said no.", "expired": "Nobody answered in time."}[
                said
            ]
            if change.state == "asked":
                state = {"approved": "approved", "denied": "rejected", "expired": "draft"}[said]
                change = self._parts.told(change, "tickless", said, words, state=state)
                if said == "approved":
                    change = self._parts.open_windows(tx, change, by=change.made_by)
            else:
                words = f"{words} It had begun already, as an emergency."
                change = self._parts.told(change, "tickless", said, words, state=change.state)
            tx.change_records.put(change)
            self._keeping.record(tx, "tickless", f"change.{said}", change.id, {"approvals": list(change.approvals)})

    def _time_passed(self, change: Change, now: dt.datetime) -> None:
        if change.state == "approved" and change.source and now >= change.ends_at:
            done = self._parts.told(change, "tickless", "over", "Its time is over.", state="watched")
        elif change.state == "approved" and now >= change.ends_at + FORGOTTEN:
            words = "Its time passed and nobody said that it was made."
            done = self._parts.told(change, "tickless", "cancelled", words, state="cancelled")
        elif change.state == "under_way" and now >= change.ends_at + FORGOTTEN:
            words = "Nobody said that it is over: it is watched from its planned end on."
            done = self._parts.told(change, "tickless", "over", words, state="watched")
        else:
            return
        with self._journal.write() as tx:
            if tx.change_records.need(change.id, lock=True).state == change.state:
                tx.change_records.put(done)
                self._keeping.record(tx, "tickless", f"change.{done.state}", change.id, {})

    def _suspend(self, tx: Tx, model: str, now: dt.datetime) -> None:
        """A standard change whose outcomes turned bad is one no more, until somebody authorises it again."""
        known = tx.change_models.get(model, lock=True)
        if known is None or known.state != "authorised":
            return
        why = loses_authority(past_of(tx, model=model, services=known.services))
        if why:
            tx.change_models.put(known.model_copy(update={"state": "suspended", "suspended_why": why}))
            self._keeping.record(tx, "tickless", "change_model.suspended", model, {"why": why})
