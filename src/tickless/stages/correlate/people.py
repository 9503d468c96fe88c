"""Which case a person's need belongs to. Pure: the same need, a running incident, or a new case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from tickless.domain.case import Case
from tickless.domain.finding import Finding
from tickless.domain.signal import Assurance, Sender
from tickless.domain.world import World
from tickless.kit.likeness import likeness
from tickless.stages.correlate.surge import ALIKE

HOPS = 4
_SURE: tuple[Assurance, ...] = ("none", "channel", "signed_in", "step_up")
ABOUT_SERVICES = frozenset({"incident_report"})
"""Needs that are about a service, not about the person who writes."""


@dataclass(frozen=True)
class Beneficiary:
    """Whom a need is for. `choices`: several people fit about as well; `unknown`: somebody else, but nobody said who."""

    person: str | None
    choices: tuple[str, ...] = ()
    unknown: bool = False


@dataclass(frozen=True)
class NeedPlaced:
    """Where a need goes."""

    how: Literal["open", "join", "again"]
    case: Case | None
    why: str


def beneficiary(finding: Finding, writer: str | None, world: World) -> Beneficiary:
    """The writer, unless the message says that it is for somebody else; never a guess."""
    said = finding.slots.get("for")
    if said is None:
        if writer is None:
            named = finding.entity("person")
            return Beneficiary(named.ref if named else None, named.alternatives if named else ())
        return Beneficiary(writer)
    if said == "role:manager":
        known = world.people.get(writer or "")
        manager = known.manager if known else None
        return Beneficiary(manager, unknown=manager is None)
    if said in world.people:
        return Beneficiary(said)
    named = finding.entity("person")
    return Beneficiary(None, named.alternatives if named else (), unknown=True)


def subject_of(finding: Finding, person: str | None) -> str:
    """What the need is about: the service, or the person and the app or device it concerns."""
    service = finding.slots.get("service")
    if finding.need in ABOUT_SERVICES and service:
        return f"service:{service}"
    thing = finding.slots.get("app") or finding.slots.get("device")
    who = f"person:{person}" if person else f"signal:{finding.signal}"
    if finding.need == "question":  # each question is one of its own
        return f"{who}/{finding.id}"
    return f"{who}/{thing}" if thing else who


def may_share(case: Case, sender: Sender) -> bool:
    """Whether what this person says may be left to that live case. What is about one person may not, when somebody else or
    somebody less sure began it: their case waits for proofs in a conversation that this person never sees."""
    personal = case.door == "human" and (case.subject or "").startswith("person:")
    if not personal or case.conversation == sender.conversation:
        return True
    if sender.person is not None and case.requester != sender.person:
        return False
    return _SURE.index(sender.assurance) <= _SURE.index(case.assurance)


def about_services(case: Case) -> bool:
    """An incident of a service, or of many people, and not of one person."""
    return case.kind == "incident" and bool(case.subject) and not (case.subject or "").startswith("person:")


def place_need(finding: Finding, *, subject: str, live: Iterable[Case], world: World, text: str = "") -> NeedPlaced:
    """`live`: cases that could be meant: of this subject, of this conversation, incidents that run. `text`: what was said."""
    cases = list(live)
    for case in cases:
        if case.subject == subject and case.need == finding.need:
            return NeedPlaced("again", case, "The same need of the same person, already in hand.")
    service = finding.slots.get("service")
    if finding.kind != "incident":
        return NeedPlaced("open", None, "A need of its own.")
    if (
        finding.need not in ABOUT_SERVICES
    ):  # somebody's own account, tunnel or device: their own case, whatever runs beside it
        return NeedPlaced("open", None, "A need of its own.")
    if service is None:
        return _in_the_same_words(finding, [c for c in cases if about_services(c)], text)
    near = {service: 0, **world.upstream_of(service, hops=HOPS)}
    incidents = [c for c in cases if about_services(c) and c.service in near]
    if not incidents:
        return NeedPlaced("open", None, "No running incident explains it.")
    case = min(incidents, key=lambda one: (near[one.service or ""], one.number))
    known = world.services.get(case.service or "")
    return NeedPlaced(
        "join", case, f"{known.name if known else case.service} is in trouble, and this report is about it."
    )


def _in_the_same_words(finding: Finding, incidents: list[Case], text: str) -> NeedPlaced:
    """A report that names no service joins an incident of many people that was reported in the same words."""
    likely = [
        (likeness(text, case.inputs["said"]), case)
        for case in incidents
        if "said" in case.inputs and finding.need == case.inputs.get("reported_as", finding.need)
    ]
    best = max(likely, key=lambda pair: (pair[0], pair[1].number), default=None)
    if best is None or best[0] < ALIKE:
        return NeedPlaced("open", None, "A need of its own.")
    return NeedPlaced("join", best[1], "Several people report the same in the same words.")
