"""Where people's needs belong: cases opened and joined, and who takes part. Inside the caller's transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Literal

from tickless.domain.case import Case, Participant
from tickless.domain.finding import Evidence, Finding
from tickless.domain.record import Untrusted
from tickless.domain.signal import Sender, Signal
from tickless.domain.world import World
from tickless.journal import Tx
from tickless.kit.ids import new_id
from tickless.stages.correlate import people
from tickless.stages.correlate.placing import Placement, impact_of, with_reason
from tickless.stages.correlate.regroup.follow import about_a_service, reported_at
from tickless.stages.correlate.reported import raised, reported

UNCLEAR = "?"
"""A slot of a finding that is asked for: somebody was named, but not clearly."""
WITH_PEOPLE = dt.timedelta(hours=8)
"""How long an incident that people have in hand, and of which nothing new is heard, still takes in reports."""


class Needs:
    """Puts what people say where it belongs."""

    def __init__(self, world: Callable[[], World]) -> None:
        self._world = world

    def place(self, tx: Tx, signal: Signal, finding: Finding, sender: Sender, *, now: dt.datetime) -> Placement:
        """A person's need. Requests do not masquerade as incidents: the kind was found at the door."""
        world = self._world()
        whom = people.beneficiary(finding, sender.person, world)
        subject = people.subject_of(finding, whom.person)
        live = tx.cases.live_of_conversation(sender.conversation)
        same = tx.cases.live_about(subject, finding.need)
        if same is not None and not people.may_share(same, sender):
            same = None
        around = incidents_around(tx, now) if finding.kind == "incident" else []
        said = signal.body.raw or signal.title.raw
        placed = people.place_need(
            finding, subject=subject, live=[*([same] if same else []), *live, *around], world=world, text=said
        )
        merged = (
            reported_at(tx, finding.slots.get("service")) if placed.case is None and about_a_service(finding) else None
        )
        if merged is not None:
            placed = people.NeedPlaced("join", *merged)
        if placed.case is None:
            case = self._open_from_need(tx, signal, finding, sender, whom=whom, subject=subject, now=now)
        else:
            case = tx.cases.need(placed.case.id, lock=True)
            role: Literal["affected"] = "affected"
            if sender.person and sender.person != case.requester:
                tx.alerts.add_participant(
                    Participant(case=case.id, role=role, ref=sender.person, conversation=sender.conversation, since=now)
                )
            case = tx.cases.put(case.model_copy(update={"evidence": with_reason(case.evidence, placed.why, signal)}))
        tx.alerts.join(case.id, signal, why=placed.why)
        tx.cases.attach_finding(finding, case.id)
        return Placement(placed.how, case, placed.why)

    def _open_from_need(
        self,
        tx: Tx,
        signal: Signal,
        finding: Finding,
        sender: Sender,
        *,
        whom: people.Beneficiary,
        subject: str,
        now: dt.datetime,
    ) -> Case:
        kind = finding.kind or "question"
        service = finding.slots.get("service")
        inputs = {name: text for name, text in finding.slots.items() if name not in {"for", "person", "code"}}
        for entity in finding.entities:
            if entity.ref is None and entity.alternatives and entity.kind != "person":
                inputs[f"{entity.kind}?"] = "|".join(entity.alternatives)
            if entity.kind == "person" and entity.alternatives and inputs.get("like") == UNCLEAR:
                inputs["like?"] = "|".join(entity.alternatives)
        if whom.person and whom.person != sender.person:
            inputs["person"] = whom.person
        elif whom.choices or whom.unknown:
            inputs["person?"] = "|".join(whom.choices)
        said = reported((signal.body or signal.title).tame(4_000))
        urgent = (Evidence(text=said.told, source="conversation", ref=signal.id),) if said.told else ()
        case = Case(
            id=new_id("case"),
            number=tx.coordination.next_number("case"),
            tenant=signal.tenant,
            door="human",
            kind=kind,
            need=finding.need,
            title=Untrusted(signal.title.tame(200)),
            subject=subject,
            service=service,
            requester=sender.person,
            speaker=sender.person,
            typed_by=sender.via,
            assurance=sender.assurance,
            conversation=sender.conversation,
            inputs=inputs,
            impact=raised(impact_of(kind, service, subject, world=self._world(), at=now), said, kind=kind),
            opened_at=signal.received_at,
            updated_at=now,
            evidence=(Evidence(text="A need of its own.", source="conversation", ref=signal.id), *urgent),
        )
        if sender.person:
            tx.alerts.add_participant(
                Participant(
                    case=case.id, role="requester", ref=sender.person, conversation=sender.conversation, since=now
                )
            )
        return tx.cases.put(case)


def incidents_around(tx: Tx, now: dt.datetime) -> list[Case]:
    """Incidents that reports of people may belong to: what runs, and what people have had in hand lately."""
    table = tx.cases.table.c
    with_people = (table.state == "handed_off") & (table.updated_at > now - WITH_PEOPLE)
    live = table.state.in_(("open", "acting", "verifying", "awaiting_approval", "awaiting_person"))
    found = tx.cases.where(live | with_people, table.kind == "incident", order=table.number.desc(), limit=500)
    return [case for case in found if people.about_services(case)]
