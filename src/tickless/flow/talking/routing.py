"""To which of several open questions a message is the answer. Pure: by content, then by time; if two fit, we ask."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tickless.domain.decision import Question
from tickless.stages.understand.dialogue import read_answer, takes_free_text
from tickless.stages.understand.mention import Mention

_NUMBERED = re.compile(
    r"^[\s(]*(?:(?:for|to|re|about|in)\s+)?(?:case\s*)?(?P<sign>#)?(?P<number>\d{1,9})(?P<end>\s*[:,]\s*|\s+)(?P<rest>\S.*)$",
    re.IGNORECASE | re.DOTALL,
)
_CASE = re.compile(r"^[\s(]*(?:(?:for|to|re|about|in)\s+)?case\b", re.IGNORECASE)


@dataclass(frozen=True)
class Waiting:
    """An open question: its id, the number of its case, and what is asked."""

    id: str
    number: int
    question: Question


@dataclass(frozen=True)
class Route:
    """`to`: whose answer it is read as; `clash`: it fits all of these; `text`: what was said, without the case's number."""

    to: Waiting | None
    text: str
    clash: tuple[Waiting, ...] = ()
    sure: bool = False
    """It fits by what it says, and not only because somebody waits for an answer."""


def route(text: str, waiting: Sequence[Waiting], mentions: Sequence[Mention]) -> Route:
    """`waiting`: newest first."""
    numbered = _by_number(text, waiting)
    if numbered is not None:
        return numbered
    fitting = [one for one in waiting if fits(text, one.question, mentions)]
    codes = [one for one in fitting if one.question.about == "step_up"]
    if codes:  # each code is for one question, and a wrong one counts only once
        return Route(codes[0], text, sure=True)
    if len(fitting) > 1:
        return Route(None, text, clash=tuple(fitting))
    if fitting:
        return Route(fitting[0], text, sure=True)
    plain = [one for one in waiting if says_yes_or_no(text, one.question, mentions)]
    if len(plain) > 1 and all(_takes_yes_or_no(one.question) for one in plain[:2]):
        return Route(None, text, clash=tuple(plain))
    free = [one for one in waiting if takes_free_text(one.question)]
    return Route(next(iter([*plain, *free, *waiting]), None), text)


def fits(text: str, question: Question, mentions: Sequence[Mention]) -> bool:
    """Whether it answers the question by its content: a choice, a code, a record of the kind that is asked for."""
    found = read_answer(text, question, mentions)
    return found is not None and found.act == "answer"


def says_yes_or_no(text: str, question: Question, mentions: Sequence[Mention]) -> bool:
    found = read_answer(text, question, mentions)
    return found is not None and found.act in {"confirm", "deny"}


def _takes_yes_or_no(question: Question) -> bool:
    return question.about == "confirm" or {"yes", "no"} <= {choice.casefold() for choice in question.choices}


def _by_number(text: str, waiting: Sequence[Waiting]) -> Route | None:
    """`case 12: LM-0042`, `#12 LM-0042`. A number with no sign that it is a case's is an answer like any other."""
    found = _NUMBERED.match(text)
    if found is None or not (found["sign"] or ":" in found["end"] or _CASE.match(text)):
        return None
    named = [one for one in waiting if one.number == int(found["number"])]
    return Route(named[0], found["rest"].strip(), sure=True) if len(named) == 1 else None
