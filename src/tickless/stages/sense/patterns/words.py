"""A log message cut into words, with what is plainly a value taken out. Pure, total, one configuration for every system."""

from __future__ import annotations

import re

VALUE = "<*>"
"""Stands for a value: a number, an address, a path, a time, an id."""

MAX_TEXT = 2_000
MAX_WORDS = 200
"""What is longer is read up to here: the beginning says which message it is."""

Shape = tuple[str, ...]

_DATE = re.compile(
    r"\b(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},?\s{1,3})?(?:\d{1,2}\s{1,3})?"
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?\s{1,3}\d{1,2}"
    r"(?:,?\s{1,3}\d{4}\b)?(?:\s{1,3}\d{1,2}:\d\d(?::\d\d)?)?(?:\s{1,3}[A-Z]{3,4}\b)?(?:\s{1,3}\d{4}\b)?"
)
_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]{1,20}://[^\s,;()\[\]{}\"'<>]+")
_AMOUNT = re.compile(
    r"(?<![\w.])[+-]?\d+(?:\.\d+)?\s?(?:[KMGTP]i?B|B|bytes|kB|[mun]?s|secs?|seconds|minutes|hours|days|%)(?!\w)"
)
_PATH = re.compile(r"(?<![\w.])(?:[A-Za-z]:\\|/)[^\s,;:()\[\]{}\"'=<>|]+")
_EMPTY = re.compile(r"([(\[{\"])([)\]}\"])")
"""Brackets that hold nothing: the place of a value, this time without one."""
_WORD = re.compile(r"[A-Za-z0-9_.$@#%&*+~/\\^!?\-]+|[^\sA-Za-z0-9]")
_DIGIT = re.compile(r"[0-9]")
_BETWEEN = frozenset(",-:|./;+~")
"""What may stand between the parts of one value."""
_LESS = frozenset("<>~")
_NOTHING = frozenset({"null", "none", "nil", "None", "NULL", "N/A", "n/a", "undefined"})
_STATES = frozenset({"true", "false"})


def shape_of(text: str) -> Shape:
    """The words of a message, with `VALUE` for values; neighbouring values are one."""
    text = _DATE.sub(" 0 ", text[:MAX_TEXT])
    if "://" in text:
        text = _ADDRESS.sub(" 0 ", text)
    text = _PATH.sub(" 0 ", _AMOUNT.sub(" 0 ", text))
    found: list[str] = []
    for word in _WORD.findall(_EMPTY.sub(r"\1 0 \2", text))[:MAX_WORDS]:
        if _is_value(word, found[-1] if found else ""):
            _add_value(found)
        else:
            found.append(word)
            if word == ")" and found[-4:] == [VALUE, "(", VALUE, ")"]:
                del found[-3:]  # a remark about a value
    return tuple(found)


def is_word(word: str) -> bool:
    """Whether it is a word, neither a value nor a mark."""
    return word != VALUE and (word[0].isalpha() or len(word) > 1)


def _is_value(word: str, before: str) -> bool:
    if _DIGIT.search(word) or word.strip(".").count(".") > 1:
        return True
    if before != "=" or not word[0].isalnum():
        return False
    return word in _NOTHING or word not in _STATES


def _add_value(found: list[str]) -> None:
    if found and found[-1] in _LESS:
        found.pop()
    if len(found) > 1 and found[-2] == VALUE and _BETWEEN.issuperset(found[-1]):
        found.pop()
    if not found or found[-1] != VALUE:
        found.append(VALUE)
