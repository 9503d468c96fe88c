"""Joining: what a report has in common with what is known already, and everybody hearing of it when it is over.

A running incident, planned work on a service, an error that is known, or many people with the same trouble at once.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable

from tickless.domain.case import Case, Participant, is_part
from tickless.domain.finding import Evidence
from tickless.domain.known import KnownError, Maintenance
from tickless.domain.record import Untrusted
from tickless.domain.signal import Sender, Signal
from tickless.flow.ending import ends
from tickless.flow.rooms import Rooms
from tickless.flow.saying import words
from tickless.flow.saying.conversation import personal, say
from tickless.flow.talking.person_words import HELD_UP
from tickless.journal import Tx
from tickless.kit.ids import new_id
from tickless.kit.likeness import likeness
from tickless.stages.correlate.impact import impact
from tickless.stages.correlate.people import ABOUT_SERVICES, about_services
from tickless.stages.correlate.surge import WINDOW, Report, Surge, find_surge
from tickless.stages.decide.reversal import TAKE_BACK

SYMPTOM = 0.5
"""Likeness with a symptom from which a known error fits."""
SYMPTOM_OF_SERVICE = 0.3
"""The same where the service is the error's own."""
ENOUGH = 20
"""Earlier cases from which the usual rate of personal needs can be told."""
LOOKED_BACK = 200
"""Newest cases from which the usual rate of a need is taken."""
PERSONAL_TOO = frozenset({"account_unlock", "password_reset", "vpn_trouble", "mailbox_quota", "device_trouble"})
"""Needs about one person which, from many at once, are trouble with a service."""
TOLD_AFTER = "maintenance.told:"


def fitting_error(errors: Iterable[KnownError], said: str, *, service: str | None) -> KnownError | None:
    """The error whose symptoms sound most like what was said, if any does. Pure."""
    best, chosen = 0.0, None
    for error in errors:
        if service is not None and error.service not in {None, service}:
            continue
        fit = max((likeness(said, symptom) for symptom in (*error.symptoms, error.title)), default=0.0)
        least = SYMPTOM_OF_SERVICE if service is not None and error.service == service else SYMPTOM
        if fit >= least and fit > best:
            best, chosen = fit, error
    return chosen


class Joining:
    """Called by the hearing, in the intake's transaction."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def joined(self, tx: Tx, case: Case) -> str:
        """What somebody hears who joins an incident: what is known, the way round it, and when there is news."""
        news = tx.bulletins.by(case=case.id)
        known = tx.known_errors.get(case.inputs.get("known_error", "")) or self._error_of(tx, case.service)
        return words.joined(
            case,
            self._rooms.world(),
            workaround=known.workaround if known else "",
            news=news[-1] if news else None,
        )

    def _error_of(self, tx: Tx, service: str | None) -> KnownError | None:
        return next(iter(tx.known_errors.by(service=service, state="open")), None) if service else None

    def placed(self, tx: Tx, case: Case, signal: Signal, *, now: dt.datetime) -> tuple[Case | None, list[Case]]:
        """After a case was opened for a person's need: (the case, if it still has to be worked on; incidents that begin)."""
        if case.kind == "incident" and (window := self._planned(tx, case, now)) is not None:
            self._join_window(tx, case, window, now=now)
            return None, []
        case = self._with_known_error(tx, case, signal)
        return case, self._surge(tx, case, signal, now=now)

    def about_service(self, case: Case) -> str | None:
        """The service that a case is about: its own, else the one to whose incident its runbook would hand it."""
        if case.service:
            return case.service
        named = {
            step.hand_off.service
            for runbook in self._rooms.runbooks.values()
            if case.need in runbook.serves.intents
            for step in runbook.steps
            if step.hand_off is not None and step.hand_off.service
        }
        known = [self._rooms.world().service_named(name) for name in named if name]
        return next((service.id for service in known if service), None)

    def _planned(self, tx: Tx, case: Case, now: dt.datetime) -> Maintenance | None:
        """Work that is going on now on the service of a case or on what it needs."""
        service = self.about_service(case)
        if service is None or HELD_UP in case.inputs:
            return None
        near = {service: 0, **self._rooms.world().upstream_of(service)}
        table = tx.maintenance.table.c
        going_on = tx.maintenance.where(table.starts_at <= now, table.ends_at > now)
        found = [window for window in going_on if window.service in near and not window.cancelled]
        return min(found, key=lambda window: (near[window.service], window.id), default=None)

    def _join_window(self, tx: Tx, case: Case, window: Maintenance, *, now: dt.datetime) -> None:
        case = case.model_copy(update={"inputs": {**case.inputs, HELD_UP: window.id}})
        done = ends.end_case(tx, case, state="muted", outcome="muted", now=now, why=f"planned work: {window.title}")
        text = words.planned(window, self._rooms.world())
        say(tx, conversation=done.conversation, case=done, text=text, key=f"{case.id}:{window.id}", at=now)

    def sweep(self, tx: Tx, *, now: dt.datetime) -> None:
        """Tell everybody who was held up by planned work that it is over, or called off, once, and ask whether it works."""
        known = tx.maintenance.where(tx.maintenance.table.c.ends_at > now - dt.timedelta(days=2))
        for window in known:
            if not window.cancelled and window.ends_at > now:
                continue
            mark = f"{TOLD_AFTER}{window.id}:{'off' if window.cancelled else window.ends_at.isoformat()}"
            if tx.coordination.mark(mark) is not None:
                continue
            cases = tx.cases.table.c
            muted = tx.cases.where(cases.state == "muted", cases.updated_at >= window.starts_at, limit=5_000)
            for case in muted:
                if case.inputs.get(HELD_UP) == window.id:
                    card: dict[str, object] = {"kind": "solved", "case": case.id, "number": case.number}
                    say(tx, conversation=case.conversation, case=case, text=words.planned_over(window, self._rooms.world()),
                        key=f"{case.id}:{window.id}:over", at=now, card=card, proactive=True)  # fmt: skip
            tx.coordination.note(mark, now.isoformat())

    def _with_known_error(self, tx: Tx, case: Case, signal: Signal) -> Case:
        """Note the known error whose symptoms these are: its workaround is offered before anything else."""
        if case.kind != "incident":
            return case
        said = signal.body.raw or signal.title.raw
        service = self.about_service(case)
        chosen = fitting_error(tx.known_errors.by(state="open"), said, service=service)
        if chosen is None:
            return case
        why = Evidence(text=f"It sounds like a known error: {chosen.title}.", source="known errors", ref=chosen.id)
        change = {"inputs": {**case.inputs, "known_error": chosen.id}, "evidence": (*case.evidence, why)}
        return tx.cases.put(case.model_copy(update=change))

    def _surge(self, tx: Tx, case: Case, signal: Signal, *, now: dt.datetime) -> list[Case]:
        """Open the incident that many reports at once stand for, or let the one that runs know how many they are."""
        if case.kind != "incident" and case.need not in PERSONAL_TOO:
            return []
        newest = self._newest(tx)
        known = sum(now - one.opened_at > WINDOW for one in newest)
        if case.need not in ABOUT_SERVICES and known < ENOUGH:
            return []  # three locked accounts are a surge only where it is known that they are rare
        recent = [report for one in newest if now - one.opened_at <= WINDOW for report in self._reports(tx, one)]
        new = next((report for report in recent if report.case == case.id), None)
        if new is None:
            return []
        surge = find_surge(new, recent, usual_per_hour=_usual(newest, case, now), world=self._rooms.world())
        if surge is None:
            return []
        running = self._running(tx, surge)
        if running is not None:
            self._take_in(tx, running, surge, now=now)
            return []
        return [self._open(tx, surge, case, signal, now=now)]

    @staticmethod
    def _newest(tx: Tx) -> list[Case]:
        table = tx.cases.table.c
        return tx.cases.where(table.door == "human", order=table.number.desc(), limit=LOOKED_BACK)

    def _reports(self, tx: Tx, case: Case) -> list[Report]:
        """One report of each person who takes part in a case."""
        service, text = self.about_service(case), case.inputs.get("said", case.title.raw)
        if "surge" in case.inputs or is_part(case) or case.need == TAKE_BACK:
            return []
        people = {
            p.ref: p.since for p in tx.alerts.participants(case.id) if p.role in {"requester", "affected"} and p.ref
        }
        people = people or {case.conversation or case.id: case.opened_at}
        return [Report(case.id, who, case.need, service, text, since) for who, since in people.items()]

    def _running(self, tx: Tx, surge: Surge) -> Case | None:
        """The incident that these reports belong to already."""
        for report in surge.reports:
            case = tx.cases.need(report.case)
            parent = tx.cases.get(case.parent) if case.parent else None
            if parent is not None and about_services(parent) and parent.outcome in {None, "handed_off"}:
                return parent
        live = tx.cases.live_of_service(surge.service) if surge.service else []
        return next((case for case in live if about_services(case)), None)

    def _open(self, tx: Tx, surge: Surge, case: Case, signal: Signal, *, now: dt.datetime) -> Case:
        world = self._rooms.world()
        service = world.services.get(surge.service or "")
        hurt = impact(kind="incident", service=surge.service, severity="error", world=world, at=now)
        what = service.name if service else signal.title.tame(80)
        incident = Case(
            id=new_id("case"),
            number=tx.coordination.next_number("case"),
            kind="incident",
            need="incident_report",
            title=Untrusted(f"Several people report trouble: {what}"),
            subject=f"service:{service.id}" if service else f"surge:{case.id}",
            service=service.id if service else None,
            door="human",
            inputs={"surge": surge.why, "said": case.title.raw[:500], "reported_as": case.need or ""},
            impact=hurt.model_copy(update={"people": max(hurt.people or 0, surge.people)}),
            opened_at=now,
            updated_at=now,
            evidence=(Evidence(text=surge.why, source="surge of reports", ref=signal.id),),
        )
        tx.cases.put(incident)
        detail = {"surge": surge.why, "cases": [report.case for report in surge.reports][:50]}
        tx.audit.append(at=now, actor="tickless", action="case.open", subject=incident.subject or incident.id,
                        case=incident.id, detail=detail)  # fmt: skip
        if service is not None and service.owner:
            tx.alerts.add_participant(Participant(case=incident.id, role="owner", ref=service.owner, since=now))
            say(tx, conversation=personal(service.owner), case=incident, text=words.surge_for_owner(incident, surge.why),
                key=f"{incident.id}:owner", at=now, private=True)  # fmt: skip
        self._take_in(tx, incident, surge, now=now)
        return incident

    def _take_in(self, tx: Tx, incident: Case, surge: Surge, *, now: dt.datetime) -> None:
        """Put the reports under the incident; each person is told once, and again when it is over."""
        for report in surge.reports:
            case = tx.cases.need(report.case)
            if incident.id in {case.id, case.parent}:
                continue
            tx.cases.put(case.model_copy(update={"parent": incident.id}))
            if not case.requester or case.need not in ABOUT_SERVICES:
                continue  # what is one person's own goes on being mended for them
            tx.alerts.add_participant(
                Participant(
                    case=incident.id, role="affected", ref=case.requester, conversation=case.conversation, since=now
                )
            )
            say(tx, conversation=case.conversation, case=incident, text=self.joined(tx, incident),
                key=f"{incident.id}:joined:{case.id}", at=now)  # fmt: skip

    def still_down(self, tx: Tx, sender: Sender, *, now: dt.datetime) -> list[Case] | None:
        """“No” from somebody who was told that an incident is over: their own case, with that story. None: no such one."""
        incident = self.last_over(tx, sender)
        if incident is None:
            return None
        why = Evidence(text=f"Incident {incident.number} is over, and it does not work for this person.",
                       source="conversation", ref=incident.id)  # fmt: skip
        case = Case(
            id=new_id("case"),
            number=tx.coordination.next_number("case"),
            kind="incident",
            need="incident_report",
            title=Untrusted(f"Still not working after incident {incident.number}"),
            subject=f"person:{sender.person}/{incident.service or incident.id}",
            service=incident.service,
            requester=sender.person,
            speaker=sender.person,
            typed_by=sender.via,
            assurance=sender.assurance,
            conversation=sender.conversation,
            door="human",
            impact=incident.impact.model_copy(
                update={"people": 1, "reason": "One person, after an incident that is over."}
            ),
            opened_at=now,
            updated_at=now,
            parent=incident.id,
            evidence=(why,),
        )
        tx.alerts.add_participant(
            Participant(
                case=case.id, role="requester", ref=sender.person or "", conversation=sender.conversation, since=now
            )
        )
        return [tx.cases.put(case)]

    def last_over(self, tx: Tx, sender: Sender) -> Case | None:
        """The incident of whose end this person was told last, here, within the last days."""
        if sender.person is None:
            return None
        for identity in tx.alerts.cases_of(sender.person, "affected"):
            case = tx.cases.get(identity)
            if case is not None and case.state == "resolved" and case.outcome in {"verified", "confirmed", "assumed"}:
                return case
        return None


def _usual(newest: list[Case], case: Case, now: dt.datetime) -> float:
    """Cases of that need an hour, before this window, among the newest cases."""
    before = [one for one in newest if now - one.opened_at > WINDOW]
    if not before:
        return 0.0
    hours = max(1.0, (now - WINDOW - before[-1].opened_at).total_seconds() / 3_600)
    return Counter(one.need for one in before)[case.need] / hours
