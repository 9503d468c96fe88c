"""From one message to its findings. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from tickless.domain.finding import Act, CaseKind, Entity, Evidence, Finding
from tickless.domain.record import Untrusted
from tickless.domain.signal import Signal
from tickless.stages.understand.beneficiary import UNCLEAR, Beneficiary, beneficiary, only_named
from tickless.stages.understand.dialogue import Answer, DialogueContext, read_answer, read_reply, takes_free_text
from tickless.stages.understand.gazetteer import Gazetteer
from tickless.stages.understand.language import foreign_language
from tickless.stages.understand.meaning import Reader, Said
from tickless.stages.understand.mention import Mention
from tickless.stages.understand.needs import PER_APP, read
from tickless.stages.understand.text import clean
from tickless.stages.understand.wording import case_number, one_time_code, still_the_same

MOST_FINDINGS = 6
_ACTS: dict[str, Act] = {
    "act.confirm": "confirm",
    "act.deny": "deny",
    "act.cancel": "cancel",
    "act.thanks": "thanks",
    "act.greeting": "small_talk",
    "act.small_talk": "small_talk",
    "act.out_of_scope": "out_of_scope",
}
_NOBODYS = frozenset({"incident_report", "question", "status_of_case", "approval_answer"})
_REFUSALS = (
    "reject",
    "deny",
    "denied",
    "decline",
    "refuse",
    "not approve",
    "n't approve",
    "do not grant",
    "not approved",
)


def message_text(signal: Signal) -> str:
    """What the person wrote: the body, with the title in front of it unless the body begins with the title."""
    title, body = clean(signal.title.raw), clean(signal.body.raw)
    if not body or body.startswith(title.rstrip("….")):
        return body or title
    return f"{title}\n{body}" if title else body


class MessageReading:
    """One message on its way to findings: holds what every part of the reading needs."""

    def __init__(
        self,
        signal: Signal,
        *,
        context: DialogueContext,
        now: dt.datetime,
        reader: Reader,
        gazetteer: Gazetteer,
        kinds: Mapping[str, CaseKind],
    ) -> None:
        self.signal, self.context, self.now, self.reader, self.kinds = signal, context, now, reader, kinds
        self.gazetteer = gazetteer
        self.text = message_text(signal)
        self.writer = context.writer or (signal.sender.person if signal.sender else None)
        self.mentions = gazetteer.link(self.text, writer=self.writer)

    def findings(self) -> tuple[Finding, ...]:
        if self.context.question is not None:
            answered = self._answered()
            if answered:
                return self._numbered(answered)
        language = foreign_language(self.text)
        if language:
            return self._numbered([self._plain("out_of_scope", 0.9, f"language: {language}", "rules")])
        return self._numbered(self._said(self.text, self.mentions))

    def _answered(self) -> list[Finding]:
        """The reply to the open question, and needs that come with it; empty when the message is about something else."""
        question = self.context.question
        assert question is not None
        answer = read_answer(self.text, question, self.mentions)
        head, tail = _first_clause(self.text)
        others = [one for one in self._said(tail, self._within(tail)) if one.act == "need" and one.need] if tail else []
        if others and answer is not None:
            first = read_answer(head, question, self._within(head))
            return [self._reply(first), *others] if first else []
        if answer is not None:
            return [self._reply(answer)]
        if takes_free_text(question):
            value = Untrusted(self.text).tame(1_000)
            return [self._reply(Answer("answer", value, 0.7, "any words are an answer to what was asked"))]
        return []

    def _within(self, part: str) -> tuple[Mention, ...]:
        return self.gazetteer.link(part, writer=self.writer)

    def _reply(self, answer: Answer) -> Finding:
        about = self.context.question.about if self.context.question else ""
        slots = {about: answer.value} if answer.value and answer.act == "answer" else {}
        if about in ("step_up", "code") and answer.value and answer.value.isdigit():
            slots = {"code": answer.value}
        entities = (answer.mention.entity(),) if answer.mention else ()
        return self._plain(answer.act, answer.confidence, answer.why, "rules", slots=slots, entities=entities)

    def _said(self, text: str, mentions: Sequence[Mention]) -> list[Finding]:
        if not self.context.question and len(text.split()) <= 5 and (code := one_time_code(text, expected=False)):
            return [self._plain("answer", 0.8, "a code and nothing else", "rules", slots={"code": code})]
        if self.context.cases and still_the_same(text):
            return [self._plain("deny", 0.85, "says that the trouble is still there", "rules")]
        found: list[Finding] = []
        readings = read(text, mentions, self.reader)
        for said in readings:
            found += self._finding(said, mentions, alone=len(readings) == 1, text=text)
        return found

    def _whom(self, said: Said, mentions: Sequence[Mention], *, alone: bool, text: str) -> Beneficiary:
        """For whom a need is: by its own clause, else, if it is the only need, by the rest of the message."""
        if said.need is None or said.need in _NOBODYS:
            return Beneficiary(None)
        own = self.gazetteer.people.called.get(self.writer or "", frozenset())
        before = [one for one in mentions if one.kind == "person" and one.start < said.piece.start]
        whom = beneficiary(
            said.piece.text,
            mentions,
            need=said.need,
            own_names=own,
            earlier=before[-1] if before else None,
            offset=said.piece.start,
        )
        return only_named(text, mentions, need=said.need, own_names=own) if alone and whom.who is None else whom

    def _finding(self, said: Said, mentions: Sequence[Mention], *, alone: bool, text: str) -> list[Finding]:
        if said.need is None or said.confidence < self.reader.threshold:
            return [self._act(said, mentions)]
        inside = [one for one in mentions if alone or said.piece.start <= one.start < said.piece.end]
        whom = self._whom(said, mentions, alone=alone, text=text)
        apps = [one for one in inside if one.kind == "app" and one.ref]
        if said.need in PER_APP and len({one.ref for one in apps}) > 1:
            rest = [one for one in inside if one.kind != "app" or not one.ref]
            unique = {one.ref: one for one in apps}.values()
            return [self._need(said, [*rest, one], whom) for one in unique]
        return [self._need(said, inside, whom)]

    def _need(self, said: Said, mentions: Sequence[Mention], whom: Beneficiary) -> Finding:
        assert said.need is not None
        entities = [one.entity() for one in mentions]
        if whom.mention and whom.mention not in mentions:
            entities.append(whom.mention.entity())
        if whom.unknown:
            entities.append(Entity(kind="person", text=Untrusted(whom.unknown.text), confidence=0.3))
        slots = {
            kind: one.ref
            for kind in ("app", "service", "device")
            if (one := _only(mentions, kind)) is not None and one.ref
        }
        if whom.who is not None:
            slots["for"] = whom.who
            if not whom.who.startswith((UNCLEAR, "role:")):
                slots["person"] = whom.who
        if said.need == "question":
            slots["question"] = Untrusted(said.piece.text).tame(500)
        number = case_number(said.piece.text) if said.need in ("status_of_case", "approval_answer") else None
        if number:
            slots["case"] = number
        if said.need == "approval_answer":
            slots["answer"] = "deny" if any(word in said.piece.text.lower() for word in _REFUSALS) else "approve"
        evidence = [Evidence(text=said.evidence, source=self.reader.name)]
        evidence += [_linked(one) for one in mentions]
        if whom.who is not None:
            evidence.append(Evidence(text=f"is for somebody else: {whom.who}", source="rules"))
        return self._plain(
            "need",
            said.confidence,
            "",
            "",
            slots=slots,
            entities=tuple(entities),
            need=said.need,
            evidence=tuple(evidence),
        )

    def _act(self, said: Said, mentions: Sequence[Mention]) -> Finding:
        if said.label == "over":
            act: Act = "confirm" if self.context.cases or self.context.question else "small_talk"
            return self._plain(act, said.confidence, "says that the trouble is over", "rules")
        reply = read_reply(self.text) if len(self.text.split()) <= 6 else None
        if reply and not (said.label == "act.thanks" and said.confidence >= self.reader.threshold):
            slots = {"case": number} if (number := case_number(self.text)) else {}
            return self._plain(reply, 0.9, "a plain yes, no or leave it", "rules", slots=slots)
        if said.label in _ACTS and said.confidence >= self.reader.threshold:
            slots = {"case": number} if said.label == "act.cancel" and (number := case_number(self.text)) else {}
            return self._plain(_ACTS[said.label], said.confidence, said.evidence, self.reader.name, slots=slots)
        if not self.text.strip() or not any(letter.isalnum() for letter in self.text):
            return self._plain("small_talk", 0.5, "no words in it", "rules")
        entities = tuple(one.entity() for one in mentions)
        return self._plain("need", said.confidence, "not clear what it is about", self.reader.name, entities=entities)

    def _plain(
        self,
        act: Act,
        confidence: float,
        why: str,
        source: str,
        *,
        slots: dict[str, str] | None = None,
        entities: tuple[Entity, ...] = (),
        need: str | None = None,
        evidence: tuple[Evidence, ...] = (),
    ) -> Finding:
        return Finding(
            id="",
            signal=self.signal.id,
            act=act,
            kind=self.kinds.get(need, "request") if need else None,
            need=need,
            entities=entities,
            slots=slots or {},
            confidence=min(max(confidence, 0.0), 1.0),
            evidence=evidence or (Evidence(text=why, source=source),),
            brain=f"{self.reader.name} {self.reader.version}",
            made_at=self.now,
        )

    def _numbered(self, findings: Sequence[Finding]) -> tuple[Finding, ...]:
        return tuple(
            one.model_copy(update={"id": f"find_{self.signal.id}_{place}"})
            for place, one in enumerate(findings[:MOST_FINDINGS], 1)
        )


def _only(mentions: Sequence[Mention], kind: str) -> Mention | None:
    """The first of a kind, if all of that kind are the same record."""
    found = [one for one in mentions if one.kind == kind]
    return found[0] if len({one.ref for one in found}) == 1 else None


def _linked(mention: Mention) -> Evidence:
    if mention.ref:
        return Evidence(
            text=f"names a {mention.kind} on record", source="gazetteer", ref=f"{mention.kind}:{mention.ref}"
        )
    return Evidence(text=f"names a {mention.kind}, {len(mention.candidates)} fit", source="gazetteer")


def _first_clause(text: str) -> tuple[str, str]:
    """The message up to its first joint, and what follows."""
    for at, letter in enumerate(text):
        if letter in ",.;!\n" or text[at : at + 5].lower() == " and ":
            return text[:at], text[at + 1 :].removeprefix("and ").strip(" ,.;!\n")
    return text, ""
