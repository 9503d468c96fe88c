"""What the ends of cases teach the language brain, and whether it may be taught: held against the past. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tickless.domain.lesson import Source
from tickless.stages.learn.core import sign_test

UNSURE = 0.8
"""A guess that was right with less confidence than this is worth confirming."""
SHORTEST, LONGEST = 2, 40
"""Words of a sentence that can be a lesson."""
SOMEBODY = "a colleague"
CHANCE = 0.05
"""A loss that chance would bring about less often than this is one."""
SURE = 0.8
"""Confidence from which a brain that reads something else is contradicted."""
SEVERAL = 3
"""People who have to mean something before a sure reading is turned round: one alone may be mistaken, or mean harm."""


@dataclass(frozen=True)
class Said:
    """One message as it was read. `alone`: the message held this one need. `need` None: it was not understood."""

    text: str
    act: str
    need: str | None
    confidence: float = 1.0
    by_model: bool = False
    alone: bool = True


@dataclass(frozen=True)
class Drawn:
    """A sentence and how it came to be a lesson; what it means is the need of the case that ended well."""

    text: str
    source: Source
    taken_for: str | None
    confidence: float


def drawn(need: str, attached: Sequence[Said], heard: Said | None = None) -> Iterator[Drawn]:
    """What a case that ended well teaches. `attached`: the messages that led to it, in order; `heard`: one that was not
    understood and came right before them, from the same person in the same conversation."""
    if heard is not None and heard.need is None:
        yield from _fit(Drawn(heard.text, "clarified", None, heard.confidence))
    if not attached or not attached[0].alone or attached[0].act != "need":
        return
    first = attached[0]
    if first.need is not None and first.need != need:
        yield from _fit(Drawn(first.text, "corrected", first.need, first.confidence))
    elif first.need == need and first.by_model:
        yield from _fit(Drawn(first.text, "model", None, 0.0))
    elif first.need == need and first.confidence < UNSURE:
        yield from _fit(Drawn(first.text, "confirmed", need, first.confidence))


def _fit(one: Drawn) -> Iterator[Drawn]:
    if SHORTEST <= len(one.text.split()) <= LONGEST:
        yield one


def without_names(text: str, names: Iterable[str]) -> str:
    """The sentence with people's names taken out, in one line."""
    for name in sorted({one.strip() for one in names if one.strip()}, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", SOMEBODY, text, flags=re.IGNORECASE)
    return " ".join(text.split())


@dataclass(frozen=True)
class Reread:
    """A sentence of the past, read by the brain of now and by the one with the lessons. `right`: the needs that it turned out
    to mean, none for small talk; None where nobody knows."""

    text: str
    right: frozenset[str] | None
    before: frozenset[str]
    after: frozenset[str]

    @property
    def harmed(self) -> bool:
        """It was read rightly, and would not be any more."""
        if self.right is None:
            return False
        if not self.right:
            return not self.before and bool(self.after)
        return bool((self.before & self.right) - self.after)

    @property
    def helped(self) -> bool:
        """It was not read as what it turned out to mean, and would be."""
        return bool(self.right) and bool(((self.right or frozenset()) & self.after) - self.before)


@dataclass(frozen=True)
class Contrary:
    """A lesson that says the opposite of what the brain is sure of. `label`: what it reads now; `people`: how many
    speak against it."""

    text: str
    label: str
    confidence: float
    people: int


@dataclass(frozen=True)
class Judged:
    """What teaching some lessons would do."""

    read: int
    helped: tuple[Reread, ...]
    """Messages of the past that would be understood, and were not."""
    harmed: tuple[Reread, ...]
    """Messages of the past that were understood rightly, and would not be any more."""
    otherwise: tuple[Reread, ...]
    """Read differently where nobody knows what is right."""
    gained: tuple[Reread, ...]
    lost: tuple[Reread, ...]
    """Of the taught sentences that were left out: read rightly only with the lessons, and only without them."""
    contrary: tuple[Contrary, ...]

    @property
    def worse(self) -> bool:
        """More was lost than chance explains: the exact one-sided sign test on what changed (McNemar 1947)."""
        return sign_test(len(self.lost), len(self.gained)) < CHANCE

    @property
    def fits(self) -> bool:
        """Nothing that was understood is lost, nothing sure is turned round. Only then may it be taught."""
        return not self.harmed and not self.contrary and not self.worse


def judge(past: Iterable[Reread], left_out: Iterable[Reread], against: Iterable[Contrary | None] = ()) -> Judged:
    """Sort what would change. What the brain is sure of is turned round by `SEVERAL` people, never by fewer."""
    every, known = tuple(past), tuple(left_out)
    moved = [one for one in every if one.before != one.after]
    return Judged(
        read=len(every) + len(known),
        helped=tuple(one for one in moved if one.helped and not one.harmed),
        harmed=tuple(one for one in moved if one.harmed),
        otherwise=tuple(one for one in moved if not one.helped and not one.harmed),
        gained=tuple(one for one in known if one.helped and not one.harmed),
        lost=tuple(one for one in known if one.harmed),
        contrary=tuple(one for one in against if one is not None and one.people < SEVERAL),
    )
