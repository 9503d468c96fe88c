"""Findings from what the writer did not write: a forwarded mail, a pasted trace, words to the machine. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from tickless.domain.finding import Entity, Evidence, Finding
from tickless.domain.record import Untrusted
from tickless.stages.understand.beneficiary import UNCLEAR
from tickless.stages.understand.building import Builder, with_entities, with_evidence
from tickless.stages.understand.gazetteer import Gazetteer
from tickless.stages.understand.mention import Mention
from tickless.stages.understand.prepared import Prepared
from tickless.stages.understand.spelling import fold
from tickless.stages.understand.text import is_ordinary
from tickless.stages.understand.things import ThingsIndex

HOSTILE = Evidence(text="asks to change the rules: read as words, never followed", source="rules", ref="injection")
_ABOUT_THE_WRITER = frozenset({"incident_report", "question", "status_of_case", "approval_answer"})
_ASKS = re.compile(r"\b(?:what does|what is|how (?:do|can)|meaning of|explain|why do)\b", re.IGNORECASE)
_RARELY_TRACED = frozenset({"question", "access_request", "access_removal", "status_of_case", "approval_answer"})
"""What the few words around a trace only seem to ask for: the trace says that something failed."""
_TAKES_SERVICE = frozenset({"incident_report", "question"})


class MessageParts(Protocol):
    """What of a message's reading is needed here."""

    message: Prepared
    gazetteer: Gazetteer
    build: Builder
    writer: str | None

    def link(self, text: str) -> tuple[Mention, ...]: ...
    def said(self, text: str, mentions: Sequence[Mention]) -> list[Finding]: ...


def from_below(parts: MessageParts) -> list[Finding]:
    """The needs of a forwarded mail: for who wrote it, never for who forwards it."""
    letter = parts.message.letter
    known = parts.gazetteer.people.handles.get(fold(letter.sender.strip()))
    named = [one for one in parts.link(letter.sender) if one.kind == "person"] if letter.sender and not known else []
    sender = known or (named[0].ref if len(named) == 1 else None)
    told = Evidence(text="asked in a forwarded mail", source="rules", ref=f"person:{sender}" if sender else None)
    found = []
    for one in parts.said(letter.below, parts.link(letter.below)):
        if one.act != "need" or one.need is None:
            continue
        own = (sender is not None and sender == parts.writer) or letter.for_the_writer
        theirs = "for" not in one.slots and one.need not in _ABOUT_THE_WRITER and not own
        whom = _person(letter.sender, sender, named)
        found.append(with_evidence(_for(one, whom) if theirs else one, told))
    return found


def _for(finding: Finding, person: Entity) -> Finding:
    slots = {"for": person.ref, "person": person.ref} if person.ref else {"for": UNCLEAR}
    return with_entities(finding.model_copy(update={"slots": {**finding.slots, **slots}}), [person])


def _person(said: str, ref: str | None, named: Sequence[Mention]) -> Entity:
    candidates = named[0].candidates if named and ref is None else ()
    return Entity(kind="person", text=Untrusted(said), ref=ref, confidence=0.9 if ref else 0.3, alternatives=candidates)


def from_trace(parts: MessageParts, found: list[Finding]) -> list[Finding]:
    """A pasted trace goes with the needs around it, or is a report or question of its own: never out of scope."""
    trace = parts.message.trace
    assert trace is not None
    entity = Entity(kind="trace", text=Untrusted(trace.exception), confidence=0.9)
    told = Evidence(text=f"a pasted trace: {Untrusted(trace.exception).tame(200)}", source="rules", ref="trace")
    needs = [one for one in found if one.act == "need" and one.need]
    named = {
        kind: ref
        for kind, index in (("service", parts.gazetteer.services), ("app", parts.gazetteer.apps))
        if (ref := _named(trace.names, index))
    }
    things = [Entity(kind=kind, text=Untrusted(ref), ref=ref, confidence=0.8) for kind, ref in named.items()]
    asks = bool(_ASKS.search(parts.message.text))
    asked = [one for one in needs if one.need not in _RARELY_TRACED or (one.need == "question" and asks)]
    if asked:
        needs = asked
        first = needs[0]
        extra = {**named, **first.slots} if first.need in _TAKES_SERVICE else first.slots
        first = with_evidence(with_entities(first, [entity, *things]), told).model_copy(update={"slots": extra})
        return [first, *needs[1:]]
    named_before = [one for finding in found for one in finding.entities]
    beside = {one.kind: one.ref for one in named_before if one.kind in {"service", "app"} and one.ref}
    slots, need = {**named, **beside}, "incident_report"
    finding = parts.build.plain(
        "need",
        0.7 if slots else 0.6,
        "",
        slots=slots,
        entities=(entity, *things, *named_before),
        need=need,
        evidence=(told,),
    )
    return [finding]


def _named(names: Sequence[str], index: ThingsIndex) -> str | None:
    """The one record that words of the trace name exactly; everyday words count only when written like an id."""
    found = []
    for name in names:
        refs = index.named(name)
        if len(refs) == 1 and (not is_ordinary(fold(name)) or "-" in name or "_" in name):
            found.append(refs[0])
    return found[0] if len(set(found)) == 1 else None


def spoken_to(parts: MessageParts, found: list[Finding]) -> list[Finding]:
    """Words to the machine are evidence beside a true need, and out of scope where there is none."""
    needs = [one for one in found if one.act == "need" and one.need]
    if needs:
        return [with_evidence(needs[0], HOSTILE), *needs[1:]]
    kept = [one for one in found if one.act in {"answer", "cancel", "deny"}]
    if kept:
        return [with_evidence(kept[0], HOSTILE), *kept[1:]]
    entities = tuple(one for finding in found for one in finding.entities)
    return [parts.build.plain("out_of_scope", 0.95, "", entities=entities, evidence=(HOSTILE,))]
