"""What a vendor's client may look up here: `sdk.drop_in.Book` over the journal. Blocks: use it in a thread."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tickless.domain.matchers import Matcher
from tickless.domain.silence import Silence
from tickless.flow.desk.holding import Draft, HoldingDesk
from tickless.flow.intake import CONSUMER
from tickless.flow.keeping import Keeper
from tickless.journal import Journal
from tickless.journal.alert_book import Entry
from tickless.sdk.drop_in import AlertNow, Event

MOST = 1_000
DEEP = 200
LATELY = 100
"""Silences that are over."""


@dataclass(frozen=True)
class DeskSilences:
    """Silences as a vendor's client may see and change them: `sdk.drop_in.SilenceBook` over the desk."""

    desk: HoldingDesk
    by: Keeper

    def all(self) -> list[Silence]:
        return [one.silence for one in (*self.desk.silences(), *self.desk.silences(over=True, limit=LATELY))]

    def one(self, identity: str) -> Silence:
        return self.desk.one(identity).silence

    def make(
        self,
        matchers: tuple[Matcher, ...],
        *,
        reason: str,
        starts_at: dt.datetime | None,
        ends_at: dt.datetime,
        instead_of: str | None = None,
    ) -> Silence:
        draft = Draft(matchers, reason, ends_at, starts_at)
        return self.desk.replace(instead_of, draft, by=self.by) if instead_of else self.desk.silence(draft, by=self.by)

    def expire(self, identity: str) -> Silence:
        return self.desk.expire(identity, by=self.by)


@dataclass(frozen=True)
class JournalBook:
    """`source`: whose alerts; None reads those of all. `events`: the source in which events are looked up."""

    journal: Journal
    source: str | None
    events: str

    def alert(self, fingerprint: str) -> AlertNow | None:
        with self.journal.read() as tx:
            entry = tx.alert_book.one(fingerprint, source=self.source, signals=DEEP)
        return self._told([entry])[0] if entry is not None else None

    def alerts(self, *, firing: bool | None = None, offset: int = 0, limit: int = 100) -> list[AlertNow]:
        with self.journal.read() as tx:
            entries = tx.alert_book.newest(source=self.source, firing=firing, offset=offset, limit=min(limit, MOST))
        return self._told(entries)

    def count(self, *, firing: bool | None = None) -> int:
        with self.journal.read() as tx:
            return tx.alert_book.count(source=self.source, firing=firing)

    def event(self, event_key: str) -> Event | None:
        logged = self.journal.signals.by_event(self.events, event_key)
        if logged is None:
            return None
        with self.journal.read() as tx:
            return Event(logged.signal, placed=tx.coordination.cursor(CONSUMER) >= logged.seq)

    def _told(self, entries: list[Entry]) -> list[AlertNow]:
        signals = self.journal.signals.many({one for entry in entries for one in entry.signals})
        return [
            AlertNow(
                fingerprint=entry.alert.fingerprint,
                source=entry.alert.source,
                firing=entry.alert.state == "firing",
                count=entry.alert.count,
                title=entry.alert.title.tame(500),
                occurred_at=entry.alert.occurred_at,
                case=entry.case,
                held=entry.alert.held,
                held_by=entry.held_by,
                signals=tuple(
                    found
                    for one in entry.signals
                    if (found := signals.get(one)) is not None and found.source == entry.alert.source
                ),
            )
            for entry in entries
        ]
