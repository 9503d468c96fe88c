"""What happens to a change whoever does it: its story goes on, its windows open and close, its outcome is found."""

from __future__ import annotations

import datetime as dt

from tickless.domain.change import Change
from tickless.domain.known import Maintenance
from tickless.flow.desk.practices.change_approval import end_asking
from tickless.flow.keeping import Keeping
from tickless.journal import Tx
from tickless.kit.ids import new_id
from tickless.practices.changes.facts import facts_of
from tickless.practices.changes.outcomes import outcome_of, watched_until
from tickless.practices.known import call_off, plan_work


class ChangeParts:
    """In the caller's transaction; people's desk and the clock share it."""

    def __init__(self, keeping: Keeping) -> None:
        self._keeping = keeping

    def told(self, change: Change, by: str, kind: str, text: str, *, state: str) -> Change:
        """In another state, with a line of its story."""
        story = (*change.story, self._keeping.event(by, kind, text))[-200:]
        return change.model_copy(update={"state": state, "story": story})

    def open_windows(self, tx: Tx, change: Change, *, by: str) -> Change:
        """Planned work at each of its services, while it is made."""
        now = self._keeping.now
        if change.windows or change.ends_at <= now:
            return change
        made = []
        for service in change.services:
            window = Maintenance(
                id=new_id("mnt"), service=service, title=change.title, starts_at=change.starts_at, ends_at=change.ends_at,
                owner=change.owner, change=change.id, note=change.why[:500],
            )  # fmt: skip
            made.append(plan_work(tx, window, world=self._keeping.world, by=by, now=now).id)
        return change.model_copy(update={"windows": tuple(made)})

    def close_windows(self, tx: Tx, change: Change, *, by: str) -> None:
        now = self._keeping.now
        for identity in change.windows:
            window = tx.maintenance.get(identity)
            if window is not None and not window.cancelled and window.ends_at > now:
                call_off(tx, identity, by=by, now=now)

    def let_go(self, tx: Tx, change: Change, *, by: str) -> None:
        """Its approvals are void and its windows are called off."""
        end_asking(tx, change, said="expired", now=self._keeping.now, by=by)
        self.close_windows(tx, change, by=by)

    def judged(self, tx: Tx, change: Change, *, now: dt.datetime) -> Change:
        """The change with its outcome so far; closed once it has been watched long enough."""
        found = outcome_of(change, facts_of(tx, change, self._keeping.world, now=now), now=now)
        done = change.model_copy(update={"outcome": found})
        if now >= watched_until(change):
            words = f"{found.result.replace('_', ' ')}: " + " ".join(one.words for one in found.evidence)
            done = self.told(done, "tickless", "outcome", words, state="closed")
            self._keeping.record(tx, "tickless", "change.outcome", change.id,
                                 {"result": found.result, "evidence": [one.words for one in found.evidence]})  # fmt: skip
        return tx.change_records.put(done)
