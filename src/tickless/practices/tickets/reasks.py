"""Whether somebody asks for what the pack already holds: every such question is a story told twice. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tickless.domain.record import Record

ENOUGH = 0.6
"""Share of a question's telling words that one answer in the pack must contain."""
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]?|\n")
_ASKING = re.compile(
    r"^\W*(?:(?:hi|hello|hey|thanks|thank you|ok|and|also|please|but|so),?\s+){0,3}?"
    r"(?:what|which|who|whose|where|when|why|how|is|are|was|were|do|does|did|have|has|had|can|could|would|will)\b"
    r"|\b(?:please|can you|could you|would you)\b.{0,30}\b(?:tell|send|give|provide|confirm|describe|share|let|say)\b"
    r"|\b(?:i|we) (?:need|would like) to know\b",
    re.IGNORECASE,
)
_TOPICS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (topic, re.compile(pattern, re.IGNORECASE))
    for topic, pattern in (
        ("device", r"\b(?:which|what|your|the)\b.{0,20}\b(?:device|laptop|computer|pc|machine|phone|asset tag|tag)\b"),
        ("since", r"\bsince when\b|\bwhen did\b.{0,30}\b(?:start|begin|happen|notice|stop|first)|\bhow long\b"),
        ("where", r"\bwhere are you\b|\b(?:which|what|your)\b.{0,15}\b(?:office|location|site|floor|department|team)\b"),
        ("contact", r"\b(?:your|best|which|what)\b.{0,20}\b(?:e-?mail|phone number|number|contact|extension)\b"),
        ("name", r"\b(?:your|what is your|full|user) ?name\b|\bwho are you\b|\b(?:login|username|employee (?:id|number))\b"),
        ("service", r"\b(?:which|what)\b.{0,15}\b(?:service|application|app|system|program|tool|website)\b"),
        ("impact", r"\bhow many\b.{0,30}\b(?:people|users|colleagues|affected)|\b(?:anyone|anybody) else\b|\burgent\b"),
        ("tried", r"\bwhat (?:have|did) you\b.{0,12}\b(?:tr(?:y|ied)|do|done)\b|\b(?:already|anything been) tried\b"),
        ("said", r"\b(?:describe|explain|tell (?:me|us))\b.{0,30}\b(?:problem|issue|happen\w*|wrong|error|more)\b"
                 r"|\bwhat (?:is|'?s|was)\b.{0,15}\b(?:problem|issue|wrong|happening)\b"),
    )
)  # fmt: skip
_FILLER_TEXT = (
    "a an and any are as at be been but by can could did do does for from get give had has have hello hi how i if in is it its "
    "just know let me my of on or our please send since so tell thank thanks that the their them then there this to us was we "
    "were what when where which who why will with would you your yet"
)
_FILLERS = frozenset(_FILLER_TEXT.split())
_WORD = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*")


class Held(Record):
    """A question and the answer that the pack had for it."""

    asked: str
    held: str


def reasked(text: str, answers: Iterable[tuple[str, str]]) -> tuple[Held, ...]:
    """The questions in `text` to which `answers`, pairs of topic and answer, already know the answer; each once, in order."""
    known = list(answers)
    found: list[Held] = []
    for question in questions(text):
        answer = _answer(question, known)
        if answer is not None and all(one.asked != question for one in found):
            found.append(Held(asked=question[:300], held=answer[:300]))
    return tuple(found)


def questions(text: str) -> list[str]:
    """The sentences that ask for something."""
    sentences = [sentence.strip() for sentence in _SENTENCE.findall(text)]
    return [one for one in sentences if len(one) > 5 and (one.endswith("?") or _ASKING.search(one))]


def _answer(question: str, known: list[tuple[str, str]]) -> str | None:
    for topic, pattern in _TOPICS:
        if pattern.search(question):
            held = next((answer for about, answer in known if about == topic), None)
            if held is not None:
                return held
    asked = telling(question)
    if len(asked) < 2:
        return None
    score, best = max(((len(asked & telling(answer)) / len(asked), answer) for _, answer in known), default=(0.0, ""))
    return best if score >= ENOUGH else None


def telling(text: str) -> frozenset[str]:
    """The words that carry the meaning, without endings."""
    words = (word.casefold() for word in _WORD.findall(text))
    return frozenset(_stem(word) for word in words if word not in _FILLERS and len(word) > 1)


def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word
