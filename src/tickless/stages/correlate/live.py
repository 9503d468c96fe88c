"""The cases that take alerts in, as one transaction of the intake sees them: read once for a batch, found by what they are
about.

What only grows a case (its time, one more reason) is gathered and written once a batch for each case; everything else is
written at once. Whoever else changes a case meanwhile loses nothing: what was gathered is added to the record as it is then.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from tickless.domain.case import Case
from tickless.domain.cause import RootCause
from tickless.domain.finding import Evidence
from tickless.journal import Tx
from tickless.stages.correlate.core import WINDOW, Trouble
from tickless.stages.correlate.nearby import Nearby

MOST = 2_000
"""Live cases of the machine door that are looked at."""
REASONS = 50
"""Reasons that a case keeps."""
_AT_WORK = ("open", "acting", "verifying", "awaiting_approval", "awaiting_person")


class Parsed:
    """Cases by their stored form: what was not changed since is not read again. Bounded by what is live."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, Case]] = {}

    def live(self, tx: Tx, now: dt.datetime) -> list[Case]:
        """Cases that take alerts in, newest first: live ones, and those that people have had in hand since a moment ago."""
        table = tx.cases.table.c
        by_machine = (
            table.door.concat("") == "machine"
        )  # what is live, or new, is little: its index is the one to go by
        newest = (table.number + 0).desc()
        rows = tx.cases.bodies(table.state.in_(_AT_WORK), by_machine, order=newest, limit=MOST)
        lately = table.updated_at > now - WINDOW
        rows += tx.cases.bodies(lately, table.state.concat("") == "handed_off", by_machine, order=newest, limit=MOST)
        known, self._known = self._known, {}
        for identity, body in rows:
            one = known.get(identity)
            self._known[identity] = (
                one if one is not None and one[0] == body else (body, Case.model_validate_json(body))
            )
        return sorted((case for _, case in self._known.values()), key=lambda case: -case.number)[:MOST]


@dataclass
class _Growth:
    at: dt.datetime
    evidence: list[Evidence] = field(default_factory=list)
    cause: RootCause | None = None


class LiveCases:
    """For one transaction."""

    def __init__(self, tx: Tx, cases: Iterable[Case], nearby: Nearby) -> None:
        self.tx, self.nearby = tx, nearby
        self._cases: dict[str, Case] = {}
        self._about: dict[tuple[str | None, str | None], dict[str, None]] = {}
        self._at: dict[str | None, dict[str, None]] = {}
        self._last: dict[tuple[str, str], Case | None] = {}
        self._grown: dict[str, _Growth] = {}
        self._held: set[str] = set()
        self._heard: dict[str, int] = {}
        self._counted: dict[str, int] = {}
        for case in cases:
            self._index(case)

    def candidates(self, trouble: Trouble) -> list[Case]:
        """Those that an alert can have to do with, newest first: about the same, or around it on the map."""
        found = dict(self._about.get((trouble.subject, trouble.need), {}))
        for service in self.nearby.around(trouble.service) if trouble.service else ():
            found |= self._at.get(service, {})
        return sorted((self._cases[one] for one in found), key=lambda case: -case.number)

    def all(self) -> list[Case]:
        """Every one, newest first."""
        return sorted(self._cases.values(), key=lambda case: -case.number)

    def hold(self, case: str) -> Case | None:
        """Hold a case against others until the transaction ends; None when it takes nothing in any more."""
        if case not in self._held:
            record = self.tx.cases.get(case, lock=True)
            known = self._cases.get(case)
            if record is None or (not record.live and record.state != "handed_off"):
                self._forget(case)
                return None
            self._held.add(case)
            if known is not None and record != known:
                self._forget(case)
                self._index(record)
            return record
        return self.get(case)

    def get(self, case: str) -> Case | None:
        """A case as it is now, with what was gathered."""
        return self._cases.get(case) or self.tx.cases.get(case)

    def last_about(self, trouble: Trouble) -> Case | None:
        """The newest case about the same subject and need, whatever its state."""
        key = (trouble.subject, trouble.need)
        if key not in self._last:
            self._last[key] = self.tx.cases.last_about(*key)
        return self._last[key]

    def put(self, case: Case) -> Case:
        """Write a case that was changed in more than its growth."""
        self._grown.pop(case.id, None)  # it is in it
        written = self.tx.cases.put(case)
        self._forget(case.id)
        self._index(written)
        return written

    def need(self, case: str) -> Case:
        """The record as it stands in the database, locked, with what was gathered: to be changed and `put`."""
        record = self.tx.cases.need(case, lock=True)
        growth = self._grown.get(case)
        return record if growth is None else _grown(record, growth)

    def grow(self, case: Case, evidence: Evidence, *, at: dt.datetime) -> Case:
        """Note that a case took in one more alert: written by `settle`."""
        growth = self._grown.setdefault(case.id, _Growth(at))
        growth.at = max(growth.at, at)
        if all(one.text != evidence.text for one in growth.evidence):
            growth.evidence.append(evidence)
        grown = _grown(case, growth)
        if case.id in self._cases:
            self._cases[case.id] = grown
        return grown

    def heard(self, case: Case) -> None:
        """One more alert of a case."""
        self._heard[case.id] = self._heard.get(case.id, 0) + 1

    def grown(self) -> list[Case]:
        """The cases that took in an alert in this transaction."""
        return [case for one in self._heard if (case := self.get(one)) is not None]

    def alerts_of(self, case: Case) -> int:
        """How many signals a case has: counted once, and on from there."""
        if case.id not in self._counted:
            self._counted[case.id] = self.tx.alerts.joined_count(case.id) - self._heard.get(case.id, 0)
        return self._counted[case.id] + self._heard.get(case.id, 0)

    def explain(self, case: Case, cause: RootCause) -> None:
        """Note what is behind a case: written by `settle`."""
        self._grown.setdefault(case.id, _Growth(case.updated_at)).cause = cause

    def settle(self) -> None:
        """Write what was gathered."""
        for case in sorted(self._grown):
            self.tx.cases.put(_grown(self.tx.cases.need(case, lock=True), self._grown[case]))
        self._grown.clear()

    def _index(self, case: Case) -> None:
        self._cases[case.id] = case
        self._about.setdefault((case.subject, case.need), {})[case.id] = None
        self._at.setdefault(case.service, {})[case.id] = None
        if case.subject is not None and case.need is not None:
            last = self._last.get((case.subject, case.need))
            if last is None or last.number <= case.number:
                self._last[case.subject, case.need] = case

    def _forget(self, case: str) -> None:
        known = self._cases.pop(case, None)
        if known is not None:
            self._about.get((known.subject, known.need), {}).pop(case, None)
            self._at.get(known.service, {}).pop(case, None)
            self._last.pop((known.subject or "", known.need or ""), None)


def _grown(case: Case, growth: _Growth) -> Case:
    known = {one.text for one in case.evidence}
    new = [one for one in growth.evidence if one.text not in known][: max(REASONS - len(case.evidence), 0)]
    at, cause = max(case.updated_at, growth.at), growth.cause or case.cause
    if not new and at == case.updated_at and cause is case.cause:
        return case
    return case.model_copy(update={"updated_at": at, "evidence": (*case.evidence, *new), "cause": cause})
