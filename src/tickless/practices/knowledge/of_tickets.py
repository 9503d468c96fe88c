"""What helped, out of the words with which tickets of the past were resolved: the sentences that come again. Pure.

The words are outside text: what speaks to a machine, letters' courtesies and what tells nothing are left out, personal data is
masked, and nothing in them is Markdown.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from tickless.domain.history import TicketHistory
from tickless.domain.record import Untrusted
from tickless.kit.redaction import MASK, redact_personal
from tickless.practices.knowledge.sections import sentences
from tickless.practices.knowledge.words import alike, commands_a_machine, denies, telling

MOST = 5
LONGEST = 240
"""Signs of a sentence."""
SAME = 0.6
"""So much in common, and two sentences say the same."""
COMPARED = 300
"""Different sentences that are looked at, the most frequent ones."""
_OVER = frozenset({None, "resolved", "closed"})
_MARK = re.compile(r"^(?:[-–—*•·+>#\s]+|\(?\d{1,2}[.)]\s+)+")
_LETTER = re.compile(
    r"(?:hi|hello|hey|dear|thanks?|thank you|many thanks|(?:kind |best |warm )?regards|cheers|sincerely|"
    r"good (?:morning|afternoon))\b",
    re.IGNORECASE,
)
_SAYS_NOTHING = telling(
    "issue ticket problem incident request case call resolved resolve solved solve fixed fix closed close closing done "
    "completed complete finished user customer caller requester confirmed confirm confirmation informed inform works "
    "working work worked now again fine ok okay please see above below attached note notes comment reply no further action "
    "required needed none "
    f"{MASK}"
)
_MARKDOWN = re.compile(r"[\\`*\[\]<>|~]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)")
_MASKED = re.compile(rf"\\\[{MASK.strip('[]')}\\\](?![(:\\\[])")
"""A mask that nothing follows which would make a link of it: it is left as people know it."""
_BLOCK = re.compile(r"^(\d{0,9})([.)#+=-])")


@dataclass(frozen=True)
class Helped:
    """A sentence as it was written most often, plain and on one line, and in how many tickets it stands."""

    text: str
    tickets: int


@dataclass(frozen=True)
class WhatHelped:
    """The most frequent first, and how many tickets say how they were resolved."""

    sentences: tuple[Helped, ...] = ()
    told: int = 0


@dataclass
class _Said:
    """One thing in all its wordings."""

    key: frozenset[str]
    negative: bool
    first: tuple[int, int]
    """The newest ticket that says it, and where in it: what stands earlier is done earlier."""
    tickets: set[int] = field(default_factory=set)
    wordings: Counter[str] = field(default_factory=Counter)


def what_helped(tickets: Iterable[TicketHistory]) -> WhatHelped:
    """Of those that are over: what stood in the others did not help yet. Sentences of two tickets and more; where none comes
    again, those of single ones."""
    told = [list(_lines(one.resolution)) for one in tickets if one.resolution and one.state in _OVER]
    told = [lines for lines in told if lines]
    said = _together(_counted(told))
    again = [one for one in said if len(one.tickets) > 1] or said
    return WhatHelped(tuple(Helped(_wording(one), len(one.tickets)) for one in again[:MOST]), len(told))


def listed(found: Sequence[Helped]) -> str:
    """As a Markdown list in which nothing is marked up."""
    return "\n".join(f"- {as_plain(one.text)}" for one in found)


def as_plain(line: str) -> str:
    """One line in Markdown that is read as it is written: no link, picture, heading or list comes of it."""
    return _MASKED.sub(MASK, _BLOCK.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\g<0>", line)))


def _lines(resolution: str) -> Iterator[str]:
    for line in resolution.splitlines():
        for sentence in sentences(line):
            said = _MARK.sub("", Untrusted(redact_personal(sentence)).tame(LONGEST)).strip()
            if not _LETTER.match(said) and not commands_a_machine(said) and telling(said) - _SAYS_NOTHING:
                yield said


def _counted(told: Sequence[Sequence[str]]) -> list[_Said]:
    """What was said, the most frequent first; numbers tell nothing apart: they are those of one printer, one order."""
    found: dict[tuple[frozenset[str], bool], _Said] = {}
    for ticket, lines in enumerate(told):
        for place, line in enumerate(lines):
            key = (telling(line), denies(line))
            one = found.setdefault(key, _Said(*key, (ticket, place)))
            one.tickets.add(ticket)
            one.wordings[line] += 1
    return sorted(found.values(), key=_rank)[:COMPARED]


def _together(said: Sequence[_Said]) -> list[_Said]:
    """Near ones are one: it is called as the most frequent of them."""
    heads: list[_Said] = []
    for one in said:
        near = next(
            (head for head in heads if head.negative == one.negative and alike(head.key, one.key) >= SAME), None
        )
        if near is None:
            heads.append(one)
        else:
            near.tickets |= one.tickets
    return sorted(heads, key=_rank)


def _rank(one: _Said) -> tuple[int, tuple[int, int]]:
    return -len(one.tickets), one.first


def _wording(one: _Said) -> str:
    return min(one.wordings, key=lambda line: (-one.wordings[line], not line[:1].isupper(), len(line), line))
