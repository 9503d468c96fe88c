"""What stands in a clause beside its verb: durations, numbers, sizes, whom it speaks of. Pure and total."""

from __future__ import annotations

import re
from typing import Literal

_SHORT = {
    "isn't": "is not", "aren't": "are not", "wasn't": "was not", "doesn't": "does not", "don't": "do not", "didn't": "did not",
    "can't": "cannot", "can not": "cannot", "won't": "will not", "couldn't": "could not", "hasn't": "has not",
    "haven't": "have not", "shouldn't": "should not", "mustn't": "must not", "it's": "it is", "that's": "that is",
    "they're": "they are", "somebody's": "somebody his", "what's": "what is",
}  # fmt: skip
_COUNTS = {
    "half a": 0.5, "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "twelve": 12, "fourteen": 14, "fifteen": 15, "twenty": 20, "thirty": 30, "sixty": 60, "ninety": 90,
}  # fmt: skip
_COUNT = r"\d+(?:[.,]\d+)?|" + "|".join(sorted(_COUNTS, key=len, reverse=True))
_UNIT = r"seconds?|secs?|minutes?|mins?|hours?|days?|weeks?|months?"
_DURATION = re.compile(rf"\b({_COUNT})[ -]?({_UNIT}|s|h|m|d)\b")
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_NUMBER = re.compile(rf"\b({_COUNT})\b")
_SIZE = re.compile(rf"\b({_COUNT}) ?(gb|gib|gigabytes?|mb|mib|megabytes?|tb)\b")
_SHARE = re.compile(rf"\b({_COUNT}|half) ?(%|percent|per cent)|\bby half\b")
_MORE = re.compile(
    rf"\b(above|over|more than|exceed\w*|greater than|higher than|at least|no less than|from)\s+({_COUNT})\b"
)
_LESS = re.compile(rf"\b(below|under|less than|fewer than|lower than|at most|no more than)\s+({_COUNT})\b")

Who = Literal["requester", "manager", "owner", "app_owner", "other"]


def plain(text: str) -> str:
    """Small letters, straight quotes, no shortened words, single spaces."""
    low = re.sub(r"[‘’]", "'", text).replace("“", '"').replace("”", '"').casefold()
    for short, long in _SHORT.items():
        low = low.replace(short, long)
    return re.sub(r"\s+", " ", low).strip()


def number_of(word: str) -> float:
    """`three`, `3`, `half a` → a number. Raises ValueError for other words."""
    known = _COUNTS.get(word)
    return float(known) if known is not None else float(word.replace(",", "."))


def duration(text: str) -> str | None:
    """The first length of time in it, as runbooks write it: `30s`, `5m`, `4h`, `14d`."""
    found = _DURATION.search(text)
    return None if found is None else written(number_of(found[1]) * _per(found[2]))


def _per(unit: str) -> float:
    if unit.startswith("mo"):
        return 30 * 86_400
    return _SECONDS[unit[0]]


def written(seconds: float) -> str:
    """Seconds → the shortest way to write them."""
    for unit, length in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds >= length and seconds % length == 0:
            return f"{seconds / length:.0f}{unit}"
    return f"{seconds:g}s"


def days(text: str) -> float | None:
    """The first length of time in it, in days."""
    found = _DURATION.search(text)
    return None if found is None else number_of(found[1]) * _per(found[2]) / 86_400


def number(text: str) -> float | None:
    """The first number that is no length of time; `a` and `an` are none."""
    rest = _DURATION.sub(" ", text)
    for found in _NUMBER.finditer(rest):
        if found[1] not in {"a", "an"}:
            return number_of(found[1])
    return None


def size_mb(text: str) -> float | None:
    """`20 GB` → 20480.0."""
    found = _SIZE.search(text)
    if found is None:
        return None
    per = {"g": 1_024.0, "m": 1.0, "t": 1_048_576.0}[found[2][0]]
    return number_of(found[1]) * per


def share(text: str) -> float | None:
    """`by 50 percent`, `by half` → 50.0."""
    found = _SHARE.search(text)
    if found is None:
        return None
    return 50.0 if found[0] == "by half" or found[1] == "half" else number_of(found[1])


def bound(text: str) -> tuple[Literal[">=", ">", "<=", "<"], float] | None:
    """`more than 90` → (`>`, 90.0), `at least 60` → (`>=`, 60.0), `below 80` → (`<`, 80.0)."""
    for pattern, strict, loose in ((_MORE, ">", ">="), (_LESS, "<", "<=")):
        found = pattern.search(text)
        if found is not None:
            word = "at least" in found[1] or "at most" in found[1] or "no " in found[1] or found[1] == "from"
            sign: Literal[">=", ">", "<=", "<"] = loose if word else strict  # type: ignore[assignment]
            return sign, number_of(found[2])
    return None


def most(text: str) -> int | None:
    """`at most 20`, `never more than 10 processes`, `up to 5` → that number, unless it is a length of time."""
    rest = _DURATION.sub(" ", text)
    found = re.search(rf"\b(?:at most|(?:not|never|no) more than|up to|a maximum of|limited? to)\s+({_COUNT})\b", rest)
    return None if found is None or found[1] in {"a", "an"} else int(number_of(found[1]))


def whom(text: str) -> Who:
    """Whom a clause speaks to or asks."""
    if re.search(r"\b(manager|boss|supervisor|line manager|superior|team lead|department head)\b", text):
        return "manager"
    if re.search(r"whoever the app|app(lication)?('s)? (own|nam)|owner of the app", text):
        return "app_owner"
    if re.search(r"\bowner\b", text):
        return "owner"
    if re.search(
        r"\b(the |a |of )?([a-z-]+ )?(team|group|desk|on[- ]call|security|department|operators?|admins?)\b", text
    ):
        return "other"
    return "requester"


def deciding_team(text: str) -> str | None:
    """Whose approval it is, where a team or a role is named before or after the word: `HR approval`, `approval by the CISO`."""
    named = re.search(r"\b([a-z][a-z-]+) (?:approval|sign-?off|consent)\b", text) or re.search(
        r"\b(?:approval|approved|consent|sign-?off) (?:by|from|of) (?:the |an? )?([a-z][a-z-]+)", text
    )
    return named[1] if named is not None and named[1] not in _NO_TEAM else None


_NO_TEAM = frozenset({
    "an", "the", "for", "get", "ask", "needs", "require", "requires", "their", "its", "needed", "wait", "after", "before",
    "with", "without", "somebody", "someone", "person", "app", "formal", "explicit", "prior", "written", "of", "is", "manager",
})  # fmt: skip


def quoted(text: str) -> str | None:
    """What stands in quotes, if anything does."""
    found = re.search(r"\"([^\"]{1,80})\"|`([^`]{1,80})`", text)
    return None if found is None else found[1] or found[2]


def slug(text: str, *, most_words: int = 5) -> str:
    """A part of an id: small letters, digits and hyphens; never empty."""
    words = [w for w in re.findall(r"[a-z0-9]+", text.casefold()) if w not in _FILL]
    made = "-".join(words[:most_words])
    return re.sub(r"^[^a-z]+", "", made)[:48].strip("-") or "procedure"


_FILL = frozenset({
    "a", "an", "the", "it", "its", "their", "them", "they", "if", "is", "are", "to", "of", "for", "and", "or", "that", "this",
    "somebody", "someone", "s", "his", "her", "person", "then", "again",
})  # fmt: skip
