"""Where a conversation stands, and reading a message as the answer to an open question. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tickless.domain.case import Case
from tickless.domain.decision import Question
from tickless.stages.understand.mention import Mention
from tickless.stages.understand.spelling import fold, slips
from tickless.stages.understand.text import words_of
from tickless.stages.understand.wording import one_time_code

Reply = Literal["answer", "confirm", "deny", "cancel"]


@dataclass(frozen=True)
class DialogueContext:
    """What understanding must know of the conversation. `writer`: the person bound to the channel, if any."""

    writer: str | None = None
    question: Question | None = None
    """What Tickless asked and still waits for."""
    cases: tuple[Case, ...] = ()
    """Live cases of this conversation."""


NOTHING_SAID_YET = DialogueContext()


@dataclass(frozen=True)
class Answer:
    """A message read as a reply to the open question. `value` is what goes into the slot of that name."""

    act: Reply
    value: str | None
    confidence: float
    why: str
    mention: Mention | None = None


_YES = re.compile(
    r"^\W*(?:oh |well |ok(?:ay)?,? |hm+ )?(?:y|ye+s+|yep+|yeah|yea|yup|ya|sure|ok(?:ay)?|k|correct|right|"
    r"exactly|please do|do it|go ahead|go for it|confirm(?:ed)?|absolutely|definitely|"
    r"of course|sounds good|that'?s (?:right|correct|it|the one|me)|i (?:confirm|agree)|perfect|fine|"
    r"please(?=\W*(?:$|do\b|go\b))|alright|indeed)\b",
    re.IGNORECASE,
)
_NO = re.compile(
    r"^\W*(?:oh |well |hm+ |sorry,? )?(?:n|no+|nope|nah|not (?:really|that|yet|quite|this)|neither|none|"
    r"wrong|incorrect|negative|never|don'?t|do not|that'?s (?:not|wrong)|"
    r"that (?:is|was) ?n[o']?t|still (?:not|the same|broken|does)|unfortunately)\b",
    re.IGNORECASE,
)
_CANCEL = re.compile(
    r"^\W*(?:(?:ok|please|pls|actually|no|oh|sorry|just)[, ]+)*(?:cancel|never ?mind|nvm|forget (?:it|"
    r"about it|that)|stop|abort|leave it|drop it|scrap (?:that|it)|withdraw|disregard|"
    r"(?:(?:it|that|this)(?:'s| is) )?(?:no longer|not) (?:necessary|needed|required)|take it back|"
    r"drop (?:it|(?:the|my|that|this) (?:request|case|ticket)))\b",
    re.IGNORECASE,
)
_NOT_CANCEL = re.compile(
    r"\b(?:stop|cancel)\w* (?:working|responding|my (?:access|licen[cs]e)|the (?:access|licen[cs]e)|asking)\b",
    re.IGNORECASE,
)
_ORDINALS = {
    word: place
    for place, names in enumerate(
        ("first 1st one", "second 2nd two", "third 3rd three", "fourth 4th four", "fifth 5th five")
    )
    for word in names.split()
}
_LINKED = {
    "person": "person",
    "for": "person",
    "app": "app",
    "device": "device",
    "service": "service",
    "colleague": "person",
}
_CODE_QUESTIONS = frozenset({"step_up", "code"})
_YES_NO = frozenset({"confirm", "step_up", "answered"})


def read_reply(text: str) -> Reply | None:
    """Yes, no or `forget it` at the beginning of a short message; None for anything else."""
    if _CANCEL.search(text) and not _NOT_CANCEL.search(text):
        return "cancel"
    if _NO.search(text):
        return "deny"
    return "confirm" if _YES.search(text) else None


def read_answer(text: str, question: Question, mentions: Sequence[Mention]) -> Answer | None:
    """The message as the answer to this question, or None when it is about something else."""
    reply = read_reply(text)
    if reply == "cancel" and len(text.split()) <= 8:
        return Answer("cancel", None, 0.95, "says to leave it")
    if question.about in _CODE_QUESTIONS:
        code = one_time_code(text, expected=True)
        if code:
            return Answer("answer", code, 0.98, "a one-time code was asked for")
    choice = _choice(text, question.choices)
    if choice is not None:
        return Answer("answer", choice, 0.95, "picks one of the choices")
    kind = _LINKED.get(question.about)
    named = next((one for one in mentions if one.kind == kind), None) if kind else None
    if named:
        return Answer("answer", named.ref, named.confidence, f"names a {kind}, as asked", named)
    if reply in ("confirm", "deny") and (len(text.split()) <= 6 or question.about in _YES_NO):
        return Answer(reply, None, 0.95, "says yes" if reply == "confirm" else "says no")
    return None


def takes_free_text(question: Question) -> bool:
    """Any words are an answer: nothing to choose from, to link or to confirm."""
    return not question.choices and question.about not in _YES_NO | _CODE_QUESTIONS and question.about not in _LINKED


def _choice(text: str, choices: Sequence[str]) -> str | None:
    """The choice that is meant: by its words, its place or its number; None if none or more than one is."""
    if not choices:
        return None
    said = [word.plain for word in words_of(text)]
    folded = {choice: [word.plain for word in words_of(choice)] for choice in choices}
    whole = [choice for choice in choices if fold(choice) == fold(text).strip(" .!")]
    inside = [choice for choice, words in folded.items() if words and _contains(said, words)]
    longest = [one for one in inside if len(one) == max(map(len, inside))]
    for found in (whole, longest if len(inside) == 1 or len(longest) == 1 else []):
        if len(found) == 1:
            return found[0]
    telling = {
        choice: {word for word in words if sum(word in other for other in folded.values()) == 1 and len(word) > 2}
        for choice, words in folded.items()
    }
    hits = [choice for choice, words in telling.items() if any(_is_word(one, word) for one in said for word in words)]
    if len(hits) == 1:
        return hits[0]
    return _by_place(said, choices) if not hits else None


def _by_place(said: Sequence[str], choices: Sequence[str]) -> str | None:
    if len(said) > 8:
        return None
    if "last" in said or "latter" in said:
        return choices[-1]
    if "former" in said:
        return choices[0]
    places = {_ORDINALS[word] for word in said if word in _ORDINALS and (word != "one" or len(said) <= 2)}
    places |= {int(word) - 1 for word in said if word.isdigit() and len(word) <= 2}
    if len(places) > 1 and "one" in said:
        places.discard(0)
    fitting = [place for place in places if 0 <= place < len(choices)]
    return choices[fitting[0]] if len(places) == 1 and fitting else None


def _contains(said: Sequence[str], words: Sequence[str]) -> bool:
    return any(list(said[at : at + len(words)]) == list(words) for at in range(len(said) - len(words) + 1))


def _is_word(said: str, word: str) -> bool:
    return said == word or (len(word) >= 5 and slips(said, word) <= 1)
