"""Writes where findings belong: cases opened, joined, reopened; alerts' states; who takes part. Inside one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from tickless.domain.case import Case, Participant
from tickless.domain.finding import Evidence, Finding
from tickless.domain.record import Untrusted
from tickless.domain.signal import Sender, Signal
from tickless.domain.world import World
from tickless.journal import Tx
from tickless.journal.alerts import Alert
from tickless.kit.ids import new_id
from tickless.stages.correlate.about import inputs_of, subject_of
from tickless.stages.correlate.advice import Advice
from tickless.stages.correlate.causes import Causes
from tickless.stages.correlate.core import SYMPTOMS, Placed, Trouble, place
from tickless.stages.correlate.corrected import allowed, together
from tickless.stages.correlate.deciding import decide
from tickless.stages.correlate.grouping.alarm import Heard
from tickless.stages.correlate.grouping.corrections import NONE, Corrections
from tickless.stages.correlate.growing import Growing, leads
from tickless.stages.correlate.live import LiveCases, Parsed
from tickless.stages.correlate.nearby import Nearby
from tickless.stages.correlate.needs import Needs
from tickless.stages.correlate.placing import Placement, Union, impact_of, reopened, with_reason
from tickless.stages.correlate.recalling import Signals, recall
from tickless.stages.correlate.regroup.follow import followed


class CorrelateRoom:
    """Puts findings where they belong. All methods run in the caller's transaction."""

    def __init__(
        self,
        *,
        world: Callable[[], World],
        corrections: Callable[[str], Corrections] = lambda _tenant: NONE,
        served: Callable[[], Collection[str]] = lambda: (),
        signals: Signals | None = None,
    ) -> None:
        """`corrections`: what people put right in a tenant, as far as it is in force now. `served`: classes of alerts that
        runbooks name. `signals`: the log by ids, from which storms that ran before the start are remembered."""
        self._signals = signals
        self._world = world
        self._corrections = corrections
        self._served = served
        self._advice = Advice()
        self._growing = Growing(self._advice)
        self.causes = Causes(self._advice.roots)
        self._parsed = Parsed()
        self._nearby = Nearby(World())
        self._live: LiveCases | None = None
        self._needs = Needs(world)

    @contextmanager
    def batch(self, tx: Tx, *, now: dt.datetime) -> Iterator[None]:
        """Alerts in the block share one look at the live cases; what only grew is written when it ends."""
        self._live = live = self._look(tx, now)
        try:
            yield
        finally:
            self._live = None
        self.causes.tell(live, now=now)
        live.settle()

    def recall(self, tx: Tx, *, now: dt.datetime) -> None:
        """Read what is remembered of the last days, so that the first alert after a start needn't wait for it."""
        self._look(tx, now)

    def _look(self, tx: Tx, now: dt.datetime) -> LiveCases:
        world = self._world()
        if self._nearby.world is not world:
            self._nearby = Nearby(world)
        if self._signals is not None:
            signals, self._signals = self._signals, None
            recall(tx, self._advice, signals, world=world, corrections=self._corrections, now=now)
        return LiveCases(tx, self._parsed.live(tx, now), self._nearby)

    def saw_calls(self, calls: Iterable[tuple[str, str, dt.datetime]], *, tenant: str = "main") -> None:
        """Traces have callers calling callees: what the map lacks is learnt. From any thread; heeded with the next alert."""
        self._advice.saw_calls(tenant, calls)

    def alert(self, tx: Tx, signal: Signal, finding: Finding, *, now: dt.datetime) -> Placement:
        """An alert that fires or resolves. Out-of-order news changes no state; a resolve is never lost."""
        shared = self._live
        if shared is not None and shared.tx is tx:
            return self._hear(shared, signal, finding, now=now)
        live = self._look(tx, now)
        placement = self._hear(live, signal, finding, now=now)
        self.causes.tell(live, now=now)
        live.settle()
        return placement

    def _hear(self, live: LiveCases, signal: Signal, finding: Finding, *, now: dt.datetime) -> Placement:
        tx = live.tx
        known = tx.alerts.get(signal.fingerprint, signal.source)
        if known is not None and signal.occurred_at < known.occurred_at and known.state != signal.state:
            if known.case:
                tx.alerts.join(known.case, signal, why="Arrived late; newer news is known.")
            return Placement("state", None, "older than what is known")
        if signal.state != "firing":
            return self._quiet(live, signal, finding, known)
        placed, heard = self._place(live, signal, finding, known)
        case = self._carry_out(live, placed, signal, finding, now=now)
        found: list[Union] = []
        if heard is not None:
            self._advice.settle(heard, case.id)
            if leads(self._advice, case, finding):
                case = live.put(live.need(case.id).model_copy(update=self._about(signal, finding, now=now)))
            found = self._growing.unions(live, case, placed, now=now)
            self._growing.keep_learnt(tx, signal.tenant, now)
        told = self._alert(signal, finding, case=case.id, count=(known.count if known else 0) + 1)
        if known is not None:  # a repeat that arrives late does not turn the alert's time back
            told = replace(told, occurred_at=max(known.occurred_at, told.occurred_at))
        tx.alerts.put(told)
        live.heard(case)
        tx.alerts.join(case.id, signal, why=placed.why)
        tx.cases.attach_finding(finding, case.id)
        return Placement(placed.how, case, placed.why, tuple(found))

    def united(self, tenant: str, into: str, gone: str) -> None:
        """Two cases became one."""
        self._advice.unite(tenant, into, gone)

    def kept_apart(self, tenant: str, one: str, other: str) -> None:
        """Two cases stay two, whatever speaks for their being one."""
        self._advice.are_two(tenant, one, other)

    def _quiet(self, live: LiveCases, signal: Signal, finding: Finding, known: Alert | None) -> Placement:
        tx = live.tx
        case = known.case if known else None
        if signal.state == "info":  # an acknowledgement or a note: whether it fires is as it was
            if case is not None:
                tx.alerts.join(case, signal, why="The monitor adds something to it.")
            return Placement("state", live.get(case) if case else None, "it only informs")
        over = self._alert(signal, finding, case=case, count=known.count if known else 0)
        if known is not None:  # an end that is told again, late, does not turn the alert's time back
            over = replace(over, occurred_at=max(known.occurred_at, over.occurred_at))
        tx.alerts.put(over)
        if case is None:
            return Placement("state", None, "it was never seen firing")
        tx.alerts.join(case, signal, why="The monitor says that it is over.")
        return Placement("state", live.get(case), "the monitor says that it is over")

    @staticmethod
    def _alert(signal: Signal, finding: Finding, *, case: str | None, count: int) -> Alert:
        return Alert(
            fingerprint=signal.fingerprint,
            source=signal.source,
            state="firing" if signal.state == "firing" else "resolved",
            case=case,
            service=finding.slots.get("service"),
            need=finding.need,
            title=signal.title,
            occurred_at=signal.occurred_at,
            count=count,
            severity=signal.severity,
            signal=signal.id,
        )

    def _place(
        self, live: LiveCases, signal: Signal, finding: Finding, known: Alert | None
    ) -> tuple[Placed, Heard | None]:
        if known is not None and known.case and known.state == "firing":
            case = live.hold(known.case)
            if case is not None and case.live:
                return Placed("join", case, "The same alert again."), None
        trouble = self._trouble(signal, finding)
        last = live.last_about(trouble)
        heard = self._advice.weigh(signal, trouble, live.nearby.world, self._corrections(signal.tenant))
        moved = followed(live.tx, known, last, at=trouble.at)
        if moved is not None:
            whole, why = moved
            return Placed("join", whole, why, by="before", stale=whole.state == "handed_off"), heard
        return self._choose(live, trouble, last, signal, heard), heard

    def _choose(self, live: LiveCases, trouble: Trouble, last: Case | None, signal: Signal, heard: Heard) -> Placed:
        """What the rules and grouping say; a case that has ended meanwhile takes in nothing, so it is asked again."""
        corrections = self._corrections(signal.tenant)
        while True:
            cases = allowed(trouble, live.candidates(trouble), corrections)
            placed = place(trouble, cases, last, live.nearby)
            placed = together(placed, trouble, live.all() if corrections else (), corrections)
            placed = decide(
                placed, heard.weighed, trouble, find=lambda name: self._growing.case_of(live, signal.tenant, name)
            )
            if (
                placed.how != "join"
                or placed.case is None
                or placed.case is last
                or live.hold(placed.case.id) is not None
            ):
                return placed

    def _trouble(self, signal: Signal, finding: Finding) -> Trouble:
        need = finding.need or "unknown"
        return Trouble(
            need=need,
            subject=subject_of(signal, finding),
            service=finding.slots.get("service"),
            fingerprint=signal.fingerprint,
            at=signal.occurred_at,
            own=finding.kind != "incident" or (need in self._served() and need not in SYMPTOMS),
        )

    def _carry_out(
        self, live: LiveCases, placed: Placed, signal: Signal, finding: Finding, *, now: dt.datetime
    ) -> Case:
        if placed.case is None:
            return live.put(self._open_from_alert(live.tx, signal, finding, placed.why, now=now))
        why = Evidence(text=placed.why, source="service map", ref=signal.id)
        if placed.how == "join" and not placed.take_over:
            return live.grow(placed.case, why, at=placed.case.updated_at if placed.stale else now)
        case = live.need(placed.case.id)
        change: dict[str, object] = {"updated_at": now, "evidence": with_reason(case.evidence, placed.why, signal)}
        if placed.how == "reopen":
            change |= reopened(case, now=now)
        if placed.take_over:
            change |= self._about(signal, finding, now=now)
        return live.put(case.model_copy(update=change))

    def about(self, signal: Signal, finding: Finding) -> dict[str, object]:
        """What a case is about when this alert leads it: kind, need, title, subject, service, inputs, impact."""
        return self._about(signal, finding, now=signal.received_at)

    def _about(self, signal: Signal, finding: Finding, *, now: dt.datetime) -> dict[str, object]:
        """What makes this alert the leading one of its case."""
        service = finding.slots.get("service")
        kind = finding.kind or "incident"
        return {
            "kind": kind,
            "need": finding.need,
            "title": Untrusted(signal.title.tame(200)),
            "subject": subject_of(signal, finding),
            "service": service,
            "inputs": inputs_of(signal, finding),
            "impact": impact_of(
                kind, service, subject_of(signal, finding), signal.severity, world=self._world(), at=now
            ),
        }

    def _open_from_alert(self, tx: Tx, signal: Signal, finding: Finding, why: str, *, now: dt.datetime) -> Case:
        case = Case(
            id=new_id("case"),
            number=tx.coordination.next_number("case"),
            tenant=signal.tenant,
            door="machine",
            opened_at=signal.received_at,
            updated_at=now,
            evidence=(Evidence(text=why, source="service map", ref=signal.id),),
            **self._about(signal, finding, now=now),
        )
        service = self._world().services.get(case.service or "")
        if service is not None and service.owner:
            tx.alerts.add_participant(Participant(case=case.id, role="owner", ref=service.owner, since=now))
        return case

    def need(self, tx: Tx, signal: Signal, finding: Finding, sender: Sender, *, now: dt.datetime) -> Placement:
        """A person's need. Requests do not masquerade as incidents: the kind was found at the door."""
        return self._needs.place(tx, signal, finding, sender, now=now)
