"""Finds apps, services and devices in a message, by name, alias or tag, with slips of the finger. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tickless.domain.person import App
from tickless.domain.service import Service
from tickless.stages.understand.mention import Mention, MentionKind
from tickless.stages.understand.spelling import SpellingIndex, fold, index_words
from tickless.stages.understand.text import Word, is_ordinary, listed

LONGEST = 5
"""Words in a name."""
# Everyday words that are product names as well: they count as names only after one of these, or with a capital.
_TRIGGERS = listed(
    "install reinstall update upgrade in to for on open use using get need ms microsoft start starting missing "
    "no via with is access has of and or google"
)
_NAMES_BEFORE = frozenset(
    ["is", "isnt", "doesnt", "wont", "crashes", "keeps", "hangs", "freezes", "shows", "says", "app", "client"]
)
# Kinds of software that are called by their kind: `the crm` is the one that is on record.
_CALLED_BY_KIND = listed("crm erp cms dms wms hris pim mes plm wiki intranet")
_NOT_NAMES_AFTER = listed("my our your his her their the a an this that these those two other another")


def joined(name: str) -> str:
    """Folded, without blanks and punctuation."""
    return re.sub(r"[^\w]+", "", fold(name))


@dataclass(frozen=True)
class ThingsIndex:
    """Make it with `index_things`."""

    kind: MentionKind
    names: dict[str, frozenset[str]]
    """Folded name without blanks → records."""
    spelling: SpellingIndex
    longest: int
    """Characters in the longest name."""
    ids_only: frozenset[str]
    """Names that are nothing but an id: everyday words mean them only when written like one (`sign-in`)."""

    def find(self, words: Sequence[Word], text: str) -> list[Mention]:
        """All that are named, longest names first, left to right."""
        found: list[Mention] = []
        at = 0
        while at < len(words):
            span, mention = self._at(words, at, text)
            if mention:
                found.append(mention)
            at += span
        return found

    def named(self, name: str) -> tuple[str, ...]:
        """The records with exactly this name, alias or id (case, blanks and punctuation aside)."""
        return tuple(sorted(self.names.get(joined(name), ())))

    def _at(self, words: Sequence[Word], at: int, text: str) -> tuple[int, Mention | None]:
        near: tuple[int, Mention] | None = None
        for span in range(min(LONGEST, len(words) - at), 0, -1):
            window = words[at : at + span]
            if not all(word.latin for word in window) or (span > 1 and any(word.owns for word in window[:-1])):
                continue
            key = "".join(word.plain for word in window).replace("_", "").replace(".", "")
            if len(key) > self.longest + 2:
                continue
            known = key if key in self.names else key.removesuffix("s")
            if known in self.names and not self._everyday(words, at, span) and not self._mere_id(window, known, text):
                exact = self._mention(window, text, self.names[known], cost=0)
                # `care consoke` is the console, not the care desk; `tally i` is still `tally`, `tills in` the tills.
                longer = near is not None and not all(is_ordinary(w.plain) for w in words[at + span : at + near[0]])
                return near if near and longer and near[1].candidates != exact.candidates else (span, exact)
            if near is None and not all(is_ordinary(word.plain) for word in window) and not key.isdigit():
                options = self.spelling.near(key)
                if options:
                    records = frozenset().union(*(self.names[n] for cost, n in options if cost == options[0][0]))
                    near = span, self._mention(window, text, records, cost=options[0][0])
        return near or (1, None)

    def _everyday(self, words: Sequence[Word], at: int, span: int) -> bool:
        word = words[at]
        if span > 1 or not is_ordinary(word.plain) or self.kind != "app" or word.plain in _CALLED_BY_KIND:
            return False
        before = words[at - 1].plain if at else ""
        after = words[at + 1].plain if at + 1 < len(words) else ""
        if before in _NOT_NAMES_AFTER:
            return not word.capital
        return (
            not (word.capital and at > 0) and after not in _NAMES_BEFORE and before not in _TRIGGERS and len(words) > 3
        )

    def _mere_id(self, window: Sequence[Word], known: str, text: str) -> bool:
        """`sign in` and `care` are everyday words, though services have such ids; `sign-in` is written like an id."""
        if known not in self.ids_only or not all(is_ordinary(word.plain) for word in window):
            return False
        return not re.search(r"[-_.]", text[window[0].start : window[-1].end])

    def _mention(self, window: Sequence[Word], text: str, records: frozenset[str], *, cost: float) -> Mention:
        fitting = tuple(sorted(records))
        start, end = window[0].start, window[-1].end
        one = fitting[0] if len(fitting) == 1 else None
        sure = (0.97 if cost == 0 else 0.85 if cost <= 1 else 0.75) / len(fitting)
        return Mention(self.kind, start, end, text[start:end].removesuffix("'s"), one, round(sure, 4), fitting)


def index_things(records: Iterable[App | Service], kind: MentionKind) -> ThingsIndex:
    """Index apps or services by name, alias and id."""
    names: dict[str, set[str]] = defaultdict(set)
    said: set[str] = set()
    for record in records:
        for place, name in enumerate((record.id, record.name, *record.aliases)):
            for key in {joined(name), joined(name.removeprefix("the ").removeprefix("The "))}:
                if len(key) >= 2:
                    names[key].add(record.id)
                    said |= {key} if place else set()
    found = {name: frozenset(ids) for name, ids in names.items()}
    return ThingsIndex(kind, found, index_words(found), max(map(len, found), default=0), frozenset(found) - said)
