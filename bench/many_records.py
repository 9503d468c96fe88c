"""A house that has been in use for years: a million alerts in a hundred thousand cases, written into an empty journal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import sqlalchemy as sa

from tickless.domain.case import Case, CaseState, Impact, Outcome
from tickless.domain.measure import Resolution
from tickless.domain.record import Untrusted
from tickless.flow.intake import CONSUMER
from tickless.journal import Journal, tables
from tickless.journal.signal_log import SignalRow
from tickless.journal.tables import to_micros
from tickless.sample.company import make_company

ALERTS_OF_A_CASE = 10
LIVE = 50
"""Every so manieth case is open still; its alerts fire."""
SOURCE = "pagerduty"
_CHUNK = 10_000
_NEEDS = ("http_errors", "service_down", "latency_high", "disk_full", "certificate_expiring")
_ENDS: tuple[tuple[CaseState, Outcome], ...] = (
    ("resolved", "verified"), ("resolved", "confirmed"), ("handed_off", "handed_off"), ("muted", "muted"),
    ("resolved", "assumed"), ("resolved", "regressed"), ("resolved", "prevented"),
)  # fmt: skip


class Years:
    """`alerts` alerts until `now`, ten in a case, evenly spread over two years; what each is about follows from its number."""

    def __init__(self, *, alerts: int, now: dt.datetime) -> None:
        self.alerts, self.cases = alerts, alerts // ALERTS_OF_A_CASE
        company = make_company()
        self._services = [service.id for service in company.services]
        self._people = [person.id for person in company.people]
        self._begin = now - dt.timedelta(days=730)
        self._step = dt.timedelta(days=730) / (alerts + 1)

    def write(self, journal: Journal, *, say: Callable[[str], None]) -> None:
        """Write all of it, as the house would have; the intake has read everything."""
        with journal.write() as tx:
            for first in range(0, self.cases, _CHUNK):
                cases = [self.case(number) for number in range(first, min(first + _CHUNK, self.cases))]
                tx.cases.put_all(cases)
                tx.resolutions.put_all([_end_of(case) for case in cases if case.outcome is not None])
                for case in cases:
                    detail = {"need": case.need, "priority": case.impact.priority}
                    tx.audit.append(at=case.opened_at, actor=f"source:{SOURCE}", action="case.open",
                                    subject=case.subject or case.id, case=case.id, detail=detail)  # fmt: skip
            tx.connection.execute(sa.insert(tables.counters).values(name="case", value=self.cases, hash=""))
        say(f"  {self.cases:,} cases stand in the journal")
        with journal.write() as tx:
            for numbers in _chunks(self.alerts):
                tx.connection.execute(sa.insert(tables.alerts), [self._alert(number) for number in numbers])
                tx.connection.execute(sa.insert(tables.case_signals), [self._joined(number) for number in numbers])
        say(f"  {self.alerts:,} alerts, each in its case")
        for numbers in _chunks(self.alerts):
            journal.signals.append_rows([self._signal(number) for number in numbers])
        with journal.write() as tx:
            tx.coordination.move_cursor(CONSUMER, journal.signals.head())
        say(f"  {self.alerts:,} signals in the log")

    def key(self, number: int) -> str:
        """The key that its monitor knows an alert by."""
        return f"incident-{number:07d}"

    def live(self, case: int) -> bool:
        return case % LIVE == 0

    def case(self, number: int) -> Case:
        """One case; `number` from 0."""
        service, need = self._services[number % len(self._services)], _NEEDS[number % len(_NEEDS)]
        state, outcome = _ENDS[number % len(_ENDS)]
        at, person = self._at(number * ALERTS_OF_A_CASE), self._people[number % len(self._people)]
        human = number % 3 == 0
        return Case(
            id=f"case_{number:026d}",
            number=number + 1,
            kind="request" if human else "incident",
            need=need,
            state="awaiting_person" if self.live(number) else state,
            outcome=None if self.live(number) else outcome,
            title=Untrusted(f"{need} on {service}: above its limit for ten minutes"),
            subject=f"service:{service}:{number}",
            service=service,
            requester=person if human else None,
            door="human" if human else "machine",
            impact=Impact(
                service=service, criticality=2, services=(service,), people=40, priority=2, reason="by the map"
            ),
            opened_at=at,
            updated_at=at,
            resolved_at=None if self.live(number) else at + dt.timedelta(minutes=7),
        )

    def _at(self, number: int) -> dt.datetime:
        return self._begin + number * self._step

    def _state(self, number: int) -> str:
        return "firing" if self.live(number // ALERTS_OF_A_CASE) else "resolved"

    def _alert(self, number: int) -> dict[str, object]:
        case = number // ALERTS_OF_A_CASE
        return {
            "fingerprint": self.key(number), "source": SOURCE, "state": self._state(number),
            "case": f"case_{case:026d}", "service": self._services[case % len(self._services)],
            "need": _NEEDS[case % len(_NEEDS)], "title": f"{self.key(number)} is above its limit",
            "occurred_at": self._at(number), "count": 1, "severity": "error", "signal": f"sig_{number:026d}",
            "fired_at": self._at(number),
        }  # fmt: skip

    def _joined(self, number: int) -> dict[str, object]:
        return {
            "case": f"case_{number // ALERTS_OF_A_CASE:026d}", "signal": f"sig_{number:026d}",
            "fingerprint": self.key(number), "state": self._state(number),
            "title": f"{self.key(number)} is above its limit", "occurred_at": self._at(number), "why": "the same service",
        }  # fmt: skip

    def _signal(self, number: int) -> SignalRow:
        at = self._at(number)
        identity, key, event = f"sig_{number:026d}", self.key(number), f"{number}:{self._state(number)}"
        service = self._services[number // ALERTS_OF_A_CASE % len(self._services)]
        body = (
            f'{{"id":"{identity}","source":"{SOURCE}","event_key":"{event}","kind":"alert","state":"{self._state(number)}",'
            f'"fingerprint":"{key}","occurred_at":"{at.isoformat()}","received_at":"{at.isoformat()}","severity":"error",'
            f'"title":"{key} is above its limit","labels":{{"service":"{service}","component":"web"}}}}'
        )
        return SignalRow(identity, SOURCE, event, "alert", self._state(number), key, to_micros(at), to_micros(at), body)


def _end_of(case: Case) -> Resolution:
    seconds = float(20 + case.number * 7919 % 4_000)
    return Resolution(
        id=f"res_{case.number}", case=case.id, outcome=case.outcome or "verified", door=case.door, need=case.need,
        runbook="web.restart" if case.number % 3 else "disk.clean-up", service=case.service, seconds=seconds,
        minutes_saved=12.0, basis="by the runbook", at=case.opened_at + dt.timedelta(seconds=seconds),
    )  # fmt: skip


def _chunks(count: int) -> Iterator[range]:
    return (range(first, min(first + _CHUNK, count)) for first in range(0, count, _CHUNK))
