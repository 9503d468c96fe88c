"""Finds apps, services and devices in a message, by name, alias or tag, with slips of the finger. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tickless.domain.person import App, Device
from tickless.domain.service import Service
from tickless.stages.understand.mention import Mention, MentionKind
from tickless.stages.understand.spelling import SpellingIndex, fold, index_words
from tickless.stages.understand.text import Word, is_ordinary

LONGEST = 5
"""Words in a name."""
_KINDS = {
    "laptop": "laptop notebook macbook computer pc machine workstation thinkpad desktop mac",
    "phone": "phone mobile smartphone iphone cell handy cellphone",
    "tablet": "tablet ipad",
}
_KIND_OF = {word: kind for kind, words in _KINDS.items() for word in words.split()}
# Everyday words that are product names as well: they count as names only after one of these, or with a capital.
_TRIGGERS = frozenset(
    [
        "install",
        "reinstall",
        "update",
        "upgrade",
        "in",
        "to",
        "for",
        "on",
        "open",
        "use",
        "using",
        "get",
        "need",
        "ms",
        "microsoft",
        "start",
        "starting",
        "missing",
        "no",
        "via",
        "with",
        "is",
        "access",
        "has",
        "of",
        "and",
        "or",
        "google",
    ]
)
_NAMES_BEFORE = frozenset(
    ["is", "isnt", "doesnt", "wont", "crashes", "keeps", "hangs", "freezes", "shows", "says", "app", "client"]
)
_NOT_NAMES_AFTER = frozenset(
    [
        "my",
        "our",
        "your",
        "his",
        "her",
        "their",
        "the",
        "a",
        "an",
        "this",
        "that",
        "these",
        "those",
        "two",
        "other",
        "another",
    ]
)


def _joined(name: str) -> str:
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
        return tuple(sorted(self.names.get(_joined(name), ())))

    def _at(self, words: Sequence[Word], at: int, text: str) -> tuple[int, Mention | None]:
        near: tuple[int, Mention] | None = None
        for span in range(min(LONGEST, len(words) - at), 0, -1):
            window = words[at : at + span]
            if not all(word.latin for word in window) or (span > 1 and any(word.owns for word in window[:-1])):
                continue
            joined = "".join(word.plain for word in window).replace("_", "").replace(".", "")
            if len(joined) > self.longest + 2:
                continue
            known = joined if joined in self.names else joined.removesuffix("s")
            if known in self.names and not self._everyday(words, at, span):
                exact = self._mention(window, text, self.names[known], cost=0)
                # `care consoke` is the console, not the care desk; `tally i` is still `tally`.
                return near if near and near[1].candidates != exact.candidates else (span, exact)
            if near is None and not all(is_ordinary(word.plain) for word in window) and not joined.isdigit():
                options = self.spelling.near(joined)
                if options:
                    records = frozenset().union(*(self.names[n] for cost, n in options if cost == options[0][0]))
                    near = span, self._mention(window, text, records, cost=options[0][0])
        return near or (1, None)

    def _everyday(self, words: Sequence[Word], at: int, span: int) -> bool:
        word = words[at]
        if span > 1 or not is_ordinary(word.plain) or self.kind != "app":
            return False
        before = words[at - 1].plain if at else ""
        after = words[at + 1].plain if at + 1 < len(words) else ""
        if before in _NOT_NAMES_AFTER:
            return not word.capital
        return (
            not (word.capital and at > 0) and after not in _NAMES_BEFORE and before not in _TRIGGERS and len(words) > 3
        )

    def _mention(self, window: Sequence[Word], text: str, records: frozenset[str], *, cost: float) -> Mention:
        fitting = tuple(sorted(records))
        start, end = window[0].start, window[-1].end
        one = fitting[0] if len(fitting) == 1 else None
        sure = (0.97 if cost == 0 else 0.85 if cost <= 1 else 0.75) / len(fitting)
        return Mention(self.kind, start, end, text[start:end].removesuffix("'s"), one, round(sure, 4), fitting)


def index_things(records: Iterable[App | Service], kind: MentionKind) -> ThingsIndex:
    """Index apps or services by name, alias and id."""
    names: dict[str, set[str]] = defaultdict(set)
    for record in records:
        for name in (record.name, record.id, *record.aliases):
            for joined in {_joined(name), _joined(name.removeprefix("the ").removeprefix("The "))}:
                if len(joined) >= 2:
                    names[joined].add(record.id)
    found = {name: frozenset(ids) for name, ids in names.items()}
    return ThingsIndex(kind, found, index_words(found), max(map(len, found), default=0))


@dataclass(frozen=True)
class DevicesIndex:
    """Devices by tag, and by owner and kind. Make it with `index_devices`."""

    tags: dict[str, str]
    owned: dict[str, tuple[Device, ...]]

    def find(self, words: Sequence[Word], text: str, *, writer: str | None, people: Sequence[Mention]) -> list[Mention]:
        """Devices by tag, `my laptop` (the writer's), `maria's laptop` (hers, if she is clearly meant)."""
        found: list[Mention] = []
        at = 0
        while at < len(words):
            span, mention = self._tag(words, at, text)
            if mention is None:
                span, mention = 1, self._possessed(words, at, text, writer=writer, people=people)
            if mention:
                found.append(mention)
            at += span
        return found

    def _tag(self, words: Sequence[Word], at: int, text: str) -> tuple[int, Mention | None]:
        for span in (4, 3, 2, 1):
            window = words[at : at + span]
            joined = _joined("".join(word.plain for word in window))
            if len(window) == span and joined in self.tags:
                start, end = window[0].start, window[-1].end
                return span, Mention("device", start, end, text[start:end], self.tags[joined], 0.98)
        return 1, None

    def _possessed(
        self, words: Sequence[Word], at: int, text: str, *, writer: str | None, people: Sequence[Mention]
    ) -> Mention | None:
        kind = _KIND_OF.get(words[at].plain)
        if kind is None or at == 0:
            return None
        back = next((step for step in (1, 2, 3) if at >= step and words[at - step].plain == "my"), None)
        if back is not None and all(not word.owns for word in words[at - back : at]) and writer is not None:
            return self._one_of(writer, kind, words[at - back : at + 1], text)
        owner = next((one for one in people if one.end == words[at - 1].end and one.ref), None)
        if owner is None or owner.ref is None:
            return None
        return self._one_of(owner.ref, kind, [words[at]], text)

    def _one_of(self, owner: str, kind: str, window: Sequence[Word], text: str) -> Mention | None:
        devices = self.owned.get(owner, ())
        fitting = tuple(sorted(one.id for one in devices if _KIND_OF.get(one.kind, one.kind) == kind))
        if not fitting:
            return None
        start, end = window[0].start, window[-1].end
        one = fitting[0] if len(fitting) == 1 else None
        return Mention("device", start, end, text[start:end], one, round(0.95 / len(fitting), 4), fitting)


def index_devices(devices: Iterable[Device]) -> DevicesIndex:
    """Index devices by tag and id, and by their owner."""
    tags: dict[str, str] = {}
    owned: dict[str, list[Device]] = defaultdict(list)
    for device in devices:
        tags[_joined(device.tag)] = tags[_joined(device.id)] = device.id
        if device.owner:
            owned[device.owner].append(device)
    return DevicesIndex(tags, {owner: tuple(theirs) for owner, theirs in owned.items()})
