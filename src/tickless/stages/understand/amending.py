"""Corrections and changes of mind as findings: what is meant now, linked to records. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from tickless.domain.case import Case
from tickless.domain.finding import Entity, Evidence, Finding
from tickless.domain.record import Untrusted
from tickless.stages.understand.beneficiary import MANAGER, UNCLEAR
from tickless.stages.understand.building import SLOT_KINDS, Builder, linked, only
from tickless.stages.understand.corrections import Correction, read_change, read_correction, taken_back, topic
from tickless.stages.understand.devices import kind_of
from tickless.stages.understand.dialogue import DialogueContext
from tickless.stages.understand.gazetteer import Gazetteer
from tickless.stages.understand.mention import Mention
from tickless.stages.understand.needs import PER_APP

_SURE = 0.85


class MessageParts(Protocol):
    """What of a message's reading is needed here."""

    text: str
    context: DialogueContext
    gazetteer: Gazetteer
    build: Builder
    writer: str | None

    def link(self, text: str) -> tuple[Mention, ...]: ...
    def said(self, text: str, mentions: Sequence[Mention]) -> list[Finding]: ...


class Amender:
    """Reads a message as an amendment of what was said before."""

    def __init__(self, parts: MessageParts) -> None:
        self.parts = parts

    def amended(self) -> list[Finding]:
        """`correct`, or `cancel` with what is still wanted; empty when the message is neither."""
        change = read_change(self.parts.text)
        if change:
            kept = self._still_wanted(change.rest)
            if kept:
                return [self._given_up(change.given_up, kept), *kept]
        if taken_back(self.parts.text):
            return [self.parts.build.plain("cancel", 0.9, "takes back what it began with")]
        correction = read_correction(self.parts.text)
        return [found] if correction and (found := self._corrected(correction)) else []

    def _still_wanted(self, rest: str) -> list[Finding]:
        mentions = self.parts.link(rest)
        bare = topic(rest) if len(rest.split()) <= 3 else None
        needs = [one for one in self.parts.said(rest, mentions) if one.act == "need" and one.need]
        app = only(mentions, "app")
        replaces = app is not None and app.ref and len(rest.split()) <= 3 and self._live_need(PER_APP)
        if needs and not replaces and not (bare and needs[0].need != bare):
            return needs
        need = bare or (self._live_need(PER_APP) or "access_request" if app and app.ref else None)
        return [self._finding(need, mentions, "what is still wanted")] if need else []

    def _finding(self, need: str, mentions: Sequence[Mention], why: str) -> Finding:
        slots = {kind: one.ref for kind in SLOT_KINDS if (one := only(mentions, kind)) is not None and one.ref}
        evidence = (Evidence(text=why, source="rules"), *map(linked, mentions))
        entities = tuple(one.entity() for one in mentions)
        return self.parts.build.plain("need", 0.75, "", slots=slots, entities=entities, need=need, evidence=evidence)

    def _given_up(self, what: str, kept: Sequence[Finding]) -> Finding:
        mentions = self.parts.link(what)
        named = {kind: one.ref for kind in SLOT_KINDS if (one := only(mentions, kind)) is not None and one.ref}
        dropped = topic(what)
        slots = {
            "keep": ",".join(one.need for one in kept if one.need),
            **({"drop": dropped} if dropped else {}),
            **named,
        }
        entities = tuple(one.entity() for one in mentions)
        return self.parts.build.plain(
            "cancel", 0.9, "gives it up and keeps something else", slots=slots, entities=entities
        )

    def _corrected(self, correction: Correction) -> Finding | None:
        if correction.other and (found := self._other_device(correction)):
            return found
        mentions, denied = self.parts.link(correction.kept), self.parts.link(correction.denied)
        said_before = bool(self.parts.context.cases or self.parts.context.question)
        need, instead_of = topic(correction.kept), topic(correction.denied)
        things = [one for one in mentions if one.kind in {*SLOT_KINDS, "person", "group", "location"}]
        refused = [one for one in denied if one.kind in {*SLOT_KINDS, "person"}]
        tells = bool(things or need)
        contrasts = bool(tells and (refused or instead_of))
        if not tells or not (said_before or correction.explicit or contrasts) or len(correction.kept.split()) > 12:
            return None
        needs = [one for one in self.parts.said(correction.kept, mentions) if one.act == "need" and one.need]
        if len(correction.kept.split()) > 3 and needs and not (correction.explicit or (contrasts and said_before)):
            return None  # it says something of its own
        need = need or (
            needs[0].need if needs and len(correction.kept.split()) > 2 and needs[0].confidence >= _SURE else None
        )
        slots = self._slots(things)
        if instead := instead_of or next((one.ref for one in refused if one.ref), None):
            slots["instead_of"] = instead
        entities = tuple(one.entity() for one in (*mentions, *denied))
        evidence = (Evidence(text="puts right what was understood before", source="rules"), *map(linked, things))
        return self.parts.build.plain(
            "correct", _SURE, "", slots=slots, entities=entities, need=need, evidence=evidence
        )

    @staticmethod
    def _slots(mentions: Sequence[Mention]) -> dict[str, str]:
        slots = {
            kind: one.ref for kind in (*SLOT_KINDS, "group", "location") if (one := only(mentions, kind)) and one.ref
        }
        person = only(mentions, "person")
        if person is not None:
            slots["for"] = MANAGER if person.role else person.ref or UNCLEAR
            slots |= {"person": person.ref} if person.ref and not person.role else {}
        elif any(one.kind == "person" for one in mentions):
            slots["for"] = UNCLEAR
        return slots

    def _other_device(self, correction: Correction) -> Finding | None:
        """`the other laptop`: of the same owner, not the one that the case is about."""
        case = next((one for one in self.parts.context.cases if _device_of(one)), None)
        live = case or next(iter(self.parts.context.cases), None)
        owner = (live.inputs.get("person") or live.requester if live else None) or self.parts.writer
        index = self.parts.gazetteer.devices
        known = _device_of(case) if case else None
        kind = kind_of(correction.other) or (index.kind(known) if known else None)
        devices = [one for one in index.owned.get(owner or "", ()) if kind is None or one.kind == kind]
        others = tuple(one.id for one in devices if one.id != known)
        if live is None and self.parts.context.question is None and len(correction.kept.split()) > 1:
            return None  # `the other laptop is broken` says something of its own
        one = others[0] if len(others) == 1 and known else None
        candidates = () if one else others
        entity = Entity(
            kind="device", text=Untrusted(f"the other {correction.other}"), ref=one, confidence=0.85 if one else 0.4,
            alternatives=candidates,
        )  # fmt: skip
        slots = {"device": one} if one else {}
        slots |= {"instead_of": known} if known else {}
        return self.parts.build.plain("correct", _SURE, "means another device", slots=slots, entities=(entity,))

    def _live_need(self, among: frozenset[str]) -> str | None:
        return next((case.need for case in self.parts.context.cases if case.need in among), None)


def _device_of(case: Case) -> str | None:
    """The device that a case is about, if it is known."""
    if "device" in case.inputs:
        return case.inputs["device"]
    subject = case.subject or ""
    tail = subject.rpartition("/")[2]
    return tail if subject.startswith("person:") and "/" in subject else None
