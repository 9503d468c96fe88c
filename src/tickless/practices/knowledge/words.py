"""Which words of a sentence tell something, and what in it is a fact: numbers, addresses, names, a not. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from tickless.ai.bm25 import terms

_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s)>\]]+|\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
_NUMBER = re.compile(
    r"(?<![\w.])\d+(?:[.,:]\d+)*(?=(?:st|nd|rd|th|[ap]m|%)?(?!\w))"
    r"|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|twice|once)\b",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"\b(?:not|no|never|none|nobody|cannot|without|forbidden|prohibited|neither|nor)\b|n['’]t\b", re.IGNORECASE
)
_NAME = re.compile(r"(?<![.!?:] )(?<!^)\b[A-Z][a-z]+(?:\s[A-Z][a-z]+)*\b")
_NUMBERS = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
            "nine": "9", "ten": "10", "twelve": "12", "once": "1", "twice": "2"}  # fmt: skip
_COMMANDS = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b[^.]{0,40}\b(?:instructions?|rules?|prompts?|polic(?:y|ies)|above|previous)\b"
    r"|\bsystem prompt\b|\byou are now\b|\bdeveloper mode\b|\bact as (?:an?|the)\b|\bjailbreak|<\|?(?:im_|system|assistant)"
    r"|\b(?:assistant|ai|chatbot|bot|tickless)\b[^.]{0,30}\b(?:must|should|shall|please)?\s*(?:grant|approve|reset|unlock|disable|"
    r"delete|execute|run|reveal|send)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=20_000)
def telling(text: str) -> frozenset[str]:
    """The stemmed words that count, numbers and addresses left out."""
    bare = _NUMBER.sub(" ", _ADDRESS.sub(" ", text))
    return frozenset(one for one in terms(bare) if len(one) > 1)


def addresses(text: str) -> frozenset[str]:
    """Web and mail addresses, without what a sentence puts behind them."""
    return frozenset(one.rstrip(".,;:!?").casefold() for one in _ADDRESS.findall(text))


def numbers(text: str) -> frozenset[str]:
    """`14`, `2.5`, `09:00`; small numbers that are written out as digits."""
    bare = re.sub(r"^\s*\d+\.\s", "", _ADDRESS.sub(" ", text))
    found = (_NUMBERS.get(one.casefold(), one) for one in _NUMBER.findall(bare))
    return frozenset(one.replace(",", "") for one in found)


def names(text: str) -> frozenset[str]:
    """Words with a capital letter that do not begin a sentence."""
    bare = _ADDRESS.sub(" ", text)
    return frozenset(one for one in _NAME.findall(bare) if one not in {"I"})


def denies(text: str) -> bool:
    """Whether there is a not in it."""
    return bool(_NOT.search(text))


def commands_a_machine(text: str) -> bool:
    """Whether it speaks to a machine rather than to people: it is never quoted."""
    return bool(_COMMANDS.search(text))


def alike(one: frozenset[str], other: frozenset[str]) -> float:
    """The share, 0..1, of all words of both that they have in common."""
    return len(one & other) / len(one | other) if one and other else 0.0
