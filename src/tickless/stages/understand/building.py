"""Puts findings together: slots, entities and evidence from what was said and named. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tickless.domain.finding import Act, CaseKind, Entity, Evidence, Finding
from tickless.domain.record import Untrusted
from tickless.stages.understand.beneficiary import UNCLEAR, Beneficiary
from tickless.stages.understand.likeness import NEEDS as MODELLED
from tickless.stages.understand.meaning import Said
from tickless.stages.understand.mention import Mention
from tickless.stages.understand.wording import case_number

SLOT_KINDS = ("app", "service", "device")
_MOVES = frozenset({"joiner", "mover", "leaver"})
_GROUP_NEEDS = frozenset({"access_request", "access_removal", *_MOVES})
_TOLD = frozenset({"person", "app", "device", "service"})
"""Kinds whose linking is told as evidence."""
_REFUSALS = (
    "reject", "deny", "denied", "decline", "refuse", "not approve", "n't approve", "do not grant", "not approved",
)  # fmt: skip


@dataclass(frozen=True)
class Builder:
    """Makes the findings of one message."""

    signal: str
    brain: str
    reader: str
    kinds: Mapping[str, CaseKind]
    now: dt.datetime
    writer: str | None = None

    def plain(
        self,
        act: Act,
        confidence: float,
        why: str,
        source: str = "rules",
        *,
        slots: dict[str, str] | None = None,
        entities: tuple[Entity, ...] = (),
        need: str | None = None,
        evidence: tuple[Evidence, ...] = (),
    ) -> Finding:
        """A finding with these parts. Its id is given when all findings of the message are known."""
        return Finding(
            id="",
            signal=self.signal,
            act=act,
            kind=self.kinds.get(need, "request") if need else None,
            need=need,
            entities=entities,
            slots=slots or {},
            confidence=min(max(confidence, 0.0), 1.0),
            evidence=evidence or (Evidence(text=why, source=source),),
            brain=self.brain,
            made_at=self.now,
        )

    def need(
        self, said: Said, mentions: Sequence[Mention], whom: Beneficiary, *, model: Mention | None = None
    ) -> Finding:
        """A need with everything that was named for it. `model`: whose access it is asked by the example of."""
        assert said.need is not None
        entities = [one.entity() for one in mentions]
        if whom.mention and whom.mention not in mentions:
            entities.append(whom.mention.entity())
        if whom.unknown:
            entities.append(Entity(kind="person", text=Untrusted(whom.unknown.text), confidence=0.3))
        slots = self._slots(said, mentions, whom)
        evidence = [Evidence(text=said.evidence, source=self.reader)]
        evidence += [linked(one) for one in mentions if one.kind in _TOLD]
        if whom.who is not None:
            evidence.append(Evidence(text=f"is for somebody else: {whom.who}", source="rules"))
        if model is not None and said.need in MODELLED:
            slots["like"] = model.ref or UNCLEAR
            evidence.append(Evidence(text="asks for what somebody else has", source="rules"))
            if self.writer is None and whom.who is None:  # a named example must never be taken for the one who asks
                slots["for"] = UNCLEAR
        return self.plain(
            "need", said.confidence, "", slots=slots, entities=tuple(entities), need=said.need, evidence=tuple(evidence)
        )

    @staticmethod
    def _slots(said: Said, mentions: Sequence[Mention], whom: Beneficiary) -> dict[str, str]:
        slots = {kind: one.ref for kind in SLOT_KINDS if (one := only(mentions, kind)) is not None and one.ref}
        if whom.who is not None:
            slots["for"] = whom.who
            if not whom.who.startswith((UNCLEAR, "role:")):
                slots["person"] = whom.who
        beside = {"group": _GROUP_NEEDS, "location": {"joiner", "mover"}, "time": _MOVES}
        for kind, needs in beside.items():
            if said.need in needs and (named := only(mentions, kind)) is not None and named.ref and "app" not in slots:
                slots["when" if kind == "time" else kind] = named.ref
        if said.need == "question":
            slots["question"] = Untrusted(said.piece.text).tame(500)
        number = case_number(said.piece.text) if said.need in ("status_of_case", "approval_answer") else None
        if number:
            slots["case"] = number
        if said.need == "approval_answer":
            slots["answer"] = "deny" if any(word in said.piece.text.lower() for word in _REFUSALS) else "approve"
        return slots


def several_devices(finding: Finding, devices: Sequence[str], affected: Sequence[str]) -> Finding:
    """One report about a service for several people: the devices and the other people as lists in the slots."""
    slots = {key: value for key, value in finding.slots.items() if key not in {"device", "for", "person"}}
    slots |= {"devices": ",".join(devices)} if devices else {}
    slots |= {"affected": ",".join(affected)} if affected else {}
    return finding.model_copy(update={"slots": slots})


def only(mentions: Sequence[Mention], kind: str) -> Mention | None:
    """The first of a kind, if all of that kind are the same record."""
    found = [one for one in mentions if one.kind == kind]
    return found[0] if len({one.ref for one in found}) == 1 else None


def linked(mention: Mention) -> Evidence:
    """How a mention came to a record."""
    if mention.ref:
        return Evidence(
            text=f"names a {mention.kind} on record", source="gazetteer", ref=f"{mention.kind}:{mention.ref}"
        )
    return Evidence(text=f"names a {mention.kind}, {len(mention.candidates)} fit", source="gazetteer")


def as_example(mentions: Sequence[Mention], model: Mention | None) -> list[Mention]:
    """The mentions with the model marked, so that nobody takes it for the one whom a need is for."""
    return [replace(one, role=True) if one is model else one for one in mentions]


def with_entities(finding: Finding, entities: Sequence[Entity]) -> Finding:
    """The finding with these entities behind its own."""
    return finding.model_copy(update={"entities": (*finding.entities, *entities)}) if entities else finding


def with_evidence(finding: Finding, *evidence: Evidence) -> Finding:
    """The finding with this evidence behind its own."""
    return finding.model_copy(update={"evidence": (*finding.evidence, *evidence)})
