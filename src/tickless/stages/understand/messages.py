"""From one message to its findings. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from tickless.domain.finding import Act, CaseKind, Evidence, Finding
from tickless.domain.record import Untrusted
from tickless.domain.signal import Signal
from tickless.stages.understand import building
from tickless.stages.understand.amending import Amender
from tickless.stages.understand.beneficiary import UNCLEAR, WRITER, Beneficiary, beneficiary, only_named
from tickless.stages.understand.building import Builder, as_example, with_entities, with_evidence
from tickless.stages.understand.bystanders import PERSONAL, for_somebody_named, is_now_the_writer
from tickless.stages.understand.dialogue import Answer, DialogueContext, read_answer, read_reply, takes_free_text
from tickless.stages.understand.foreign import in_english
from tickless.stages.understand.gazetteer import Gazetteer
from tickless.stages.understand.language import foreign_language
from tickless.stages.understand.likeness import NEEDS as MODELLED
from tickless.stages.understand.likeness import find_model
from tickless.stages.understand.meaning import Reader, Said
from tickless.stages.understand.mention import Mention
from tickless.stages.understand.needs import GENERIC, PER_APP, read
from tickless.stages.understand.ordering import in_order
from tickless.stages.understand.passed_on import from_below, from_trace, spoken_to
from tickless.stages.understand.prepared import message_text, of_its_person, prepare
from tickless.stages.understand.times import find_times
from tickless.stages.understand.wording import case_number, one_time_code, only_over, still_the_same

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
_PLAIN_ACTS = frozenset({"thanks", "cancel", "confirm", "deny", "small_talk"})
ASSISTANTS = "mcp"
"""The door at which programs speak for their own person."""
FOREIGN_SURE = 0.6
"""What a need in another language must at least reach: its words went through a glossary."""


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
        self.context, self.now, self.reader, self.gazetteer = context, now, reader, gazetteer
        self.signal = signal
        said = message_text(signal)
        by_assistant = signal.sender is not None and signal.sender.channel == ASSISTANTS
        self.message = prepare(of_its_person(said) if by_assistant else said)
        self.text = self.message.text
        self.writer = context.writer or (signal.sender.person if signal.sender else None)
        self.mentions = self.link(self.text)
        self.build = Builder(signal.id, f"{reader.name} {reader.version}", reader.name, kinds, now, self.writer)

    def link(self, text: str) -> tuple[Mention, ...]:
        """What a part of the message names."""
        return (*self.gazetteer.link(text, writer=self.writer), *find_times(text, self.now))

    def findings(self) -> tuple[Finding, ...]:
        """At least one, with ids."""
        found = self._understood()
        found = from_trace(self, found) if self.message.trace else found
        found = spoken_to(self, found) if self.message.hostile else found
        found = in_order(self._complete(found))[:MOST_FINDINGS]
        return tuple(
            one.model_copy(update={"id": f"find_{self.signal.id}_{place}"}) for place, one in enumerate(found, 1)
        )

    def _understood(self) -> list[Finding]:
        amended = self._amender.amended()
        if self.context.question is not None:
            answered = self._answered(amended)
            if answered:
                return answered
        if amended:
            return amended
        language = foreign_language(self.text)
        if language:
            return self._foreign(language)
        found = [] if self.message.letter.passed_on else self.said(self.text, self.mentions)
        if self.message.letter.below and not any(one.need or one.act != "need" for one in found):
            return from_below(self) or found or [self._nothing()]
        return found

    @cached_property
    def _amender(self) -> Amender:
        return Amender(self)

    def _answered(self, amended: list[Finding]) -> list[Finding]:
        """The reply to the open question, and needs that come with it; empty when the message is about something else."""
        question = self.context.question
        assert question is not None
        answer = read_answer(self.text, question, self.mentions)
        if amended and (answer is None or answer.act != "answer"):
            return amended
        head, tail = _first_clause(self.text)
        others = [one for one in self.said(tail, self.link(tail)) if one.act == "need" and one.need] if tail else []
        if others and answer is not None:
            first = read_answer(head, question, self.link(head))
            return [self._reply(first), *others] if first else []
        if answer is not None:
            return [self._reply(answer)]
        if takes_free_text(question):
            value = Untrusted(self.text).tame(1_000)
            return [self._reply(Answer("answer", value, 0.7, "any words are an answer to what was asked"))]
        return []

    def _reply(self, answer: Answer) -> Finding:
        about = self.context.question.about if self.context.question else ""
        slots = {about: answer.value} if answer.value and answer.act == "answer" else {}
        if about in ("step_up", "code") and answer.value and answer.value.isdigit():
            slots = {"code": answer.value}
        entities = (answer.mention.entity(),) if answer.mention else ()
        return self.build.plain(answer.act, answer.confidence, answer.why, slots=slots, entities=entities)

    def _foreign(self, language: str) -> list[Finding]:
        """Needs that are clear enough through the glossary of the language, else that it is another language."""
        told = Evidence(text=f"language: {language}", source="rules", ref=f"language:{language}")
        english = in_english(self.text, language)
        found = self.said(english, self.link(english)) if english else []
        needs = [one for one in found if one.act == "need" and one.need and one.confidence >= FOREIGN_SURE]
        clear = [one for one in found if one.act in _PLAIN_ACTS and one.confidence >= 0.8]
        if needs and len(needs) == len([one for one in found if one.act == "need"]):
            return [with_evidence(one, told) for one in needs]
        if clear and len(clear) == len(found):
            return [with_evidence(one, told) for one in clear]
        return [self.build.plain("out_of_scope", 0.9, "", evidence=(told,))]

    def said(self, text: str, mentions: Sequence[Mention]) -> list[Finding]:
        """What a text says, whatever was asked before."""
        if not self.context.question and len(text.split()) <= 5 and (code := one_time_code(text, expected=False)):
            return [self.build.plain("answer", 0.8, "a code and nothing else", slots={"code": code})]
        if self.context.cases and still_the_same(text):
            return [self.build.plain("deny", 0.85, "says that the trouble is still there")]
        model = find_model(text, mentions)
        readings = read(text, mentions, self.reader)
        if model and not any(one.need in MODELLED and one.confidence >= self.reader.threshold for one in readings):
            asked = Said(readings[0].piece, "need.access_request", 0.75, "asks for what somebody else has")
            readings = [asked, *(one for one in readings[1:] if one.need and one.need not in GENERIC)]
        found: list[Finding] = []
        for said in readings:
            found += self._finding(said, mentions, alone=len(readings) == 1, text=text, model=model)
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
        if alone and whom.who is None:
            whom = only_named(text, mentions, need=said.need, own_names=own)
        if alone and whom.who == UNCLEAR and whom.mention is None and is_now_the_writer(text):
            return WRITER
        if whom.who is not None or whom.also_writer or said.need not in PERSONAL:
            return whom
        return for_somebody_named(
            text, mentions, start=said.piece.start, end=said.piece.end, alone=alone, known=self.writer is not None
        )

    def _finding(
        self, said: Said, mentions: Sequence[Mention], *, alone: bool, text: str, model: Mention | None
    ) -> list[Finding]:
        if said.need is None or said.confidence < self.reader.threshold:
            return [self._act(said, mentions, text)]
        inside = [one for one in mentions if alone or said.piece.start <= one.start < said.piece.end]
        if said.need == "incident_report" or _lost_service(said, inside):
            return [self._report(said, inside)]
        whom = self._whom(said, as_example(mentions, model), alone=alone, text=text)
        apps = [one for one in inside if one.kind == "app" and one.ref]
        example = model if model in inside else None
        if whom.also_writer:
            others = [one for one in inside if one is not whom.mention]
            alone_too = self.build.need(said, others, Beneficiary(None), model=example)
            return [alone_too, self.build.need(said, inside, replace(whom, also_writer=False), model=example)]
        if said.need in PER_APP and len({one.ref for one in apps}) > 1:
            rest = [one for one in inside if one.kind != "app" or not one.ref]
            unique = {one.ref: one for one in apps}.values()
            return [self.build.need(said, [*rest, one], whom, model=example) for one in unique]
        return [self.build.need(said, inside, whom, model=example)]

    def _report(self, said: Said, mentions: Sequence[Mention]) -> Finding:
        """A service that fails, on these devices and for these people too."""
        report = Said(said.piece, "need.incident_report", said.confidence, said.evidence)
        devices = sorted({one.ref for one in mentions if one.kind == "device" and one.ref})
        people = sorted({one.ref for one in mentions if one.kind == "person" and one.ref and not one.role})
        finding = self.build.need(report, mentions, Beneficiary(None))
        return building.several_devices(finding, devices, people) if len(devices) > 1 else finding

    def _act(self, said: Said, mentions: Sequence[Mention], text: str) -> Finding:
        entities = tuple(one.entity() for one in mentions if one.kind != "time")
        plain, number = self.build.plain, case_number(text)
        if said.label == "over":
            waits = self.context.cases or self.context.question or only_over(text)
            act: Act = "confirm" if waits else "small_talk"
            return plain(act, said.confidence, "says that the trouble is over", entities=entities)
        reply = read_reply(text) if len(text.split()) <= 6 else None
        if reply and not (said.label == "act.thanks" and said.confidence >= self.reader.threshold):
            slots = {"case": number} if number else {}
            return plain(reply, 0.9, "a plain yes, no or leave it", slots=slots, entities=entities)
        if said.label in _ACTS and said.confidence >= self.reader.threshold:
            slots = {"case": number} if said.label == "act.cancel" and number else {}
            return plain(
                _ACTS[said.label], said.confidence, said.evidence, self.reader.name, slots=slots, entities=entities
            )
        if not any(letter.isalnum() for letter in text):
            return self._nothing()
        unclear = "not clear what it is about"
        return plain("need", said.confidence, unclear, self.reader.name, entities=entities)

    def _nothing(self) -> Finding:
        return self.build.plain("small_talk", 0.5, "no words in it")

    def _complete(self, found: list[Finding]) -> list[Finding]:
        """What is named outside of every need goes with the last finding: told, and nobody's target."""
        known = {(one.kind, one.ref) for finding in found for one in finding.entities}
        left = [one.entity() for one in self.mentions if one.ref and (one.kind, one.ref) not in known]
        if not found or found[-1].act == "answer":
            return found
        return [*found[:-1], with_entities(found[-1], list({(one.kind, one.ref): one for one in left}.values()))]


_REACHES = re.compile(
    r"\b(?:can'?t|cannot|can not|could ?n[o']?t|unable to|fail(?:s|ed|ing)? to|do(?:es)? ?n[o']?t|won'?t) (?:\w+ )?"
    r"(?:reach|open|load|access|get (?:to|into|on|onto)|connect to|see|find|use|show)\b"
    r"|\b(?:lost|no) (?:connection|access|contact)",
    re.IGNORECASE,
)


def _lost_service(said: Said, mentions: Sequence[Mention]) -> bool:
    """`my laptop and Tom's can't reach the wiki`: the service is what fails, not two laptops."""
    devices = {one.ref for one in mentions if one.kind == "device"}
    services = {one.ref for one in mentions if one.kind == "service" and one.ref}
    shared = said.need == "device_trouble" and len(devices) > 1 and len(services) == 1
    return shared and bool(_REACHES.search(said.piece.text))


def _first_clause(text: str) -> tuple[str, str]:
    """The message up to its first joint, and what follows."""
    for at, letter in enumerate(text):
        if letter in ",.;!\n" or text[at : at + 5].lower() == " and ":
            return text[:at], text[at + 1 :].removeprefix("and ").strip(" ,.;!\n")
    return text, ""
