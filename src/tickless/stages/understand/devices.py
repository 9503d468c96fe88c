"""Finds devices in a message: by tag, as `my laptop`, as somebody's, or as the other one's (`mine and Tom's`). Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tickless.domain.person import Device
from tickless.stages.understand.mention import Mention
from tickless.stages.understand.spelling import index_words
from tickless.stages.understand.text import Word, is_ordinary, listed
from tickless.stages.understand.things import joined

_KINDS = {
    "laptop": "laptop notebook macbook computer pc machine workstation thinkpad desktop mac",
    "phone": "phone mobile smartphone iphone cell handy cellphone",
    "tablet": "tablet ipad",
}
_KIND_OF = {word: kind for kind, words in _KINDS.items() for word in words.split()}
_MISSPELT = index_words(word for word in _KIND_OF if len(word) >= 6)
_THEIRS = listed("his her their hers theirs")
_OF = listed("of from for belonging to the")
_NEW = listed("new newest latest")
_DESCRIBED = listed(
    "own new newest latest old other second spare first previous work company office broken private current black"
)
_OTHER = listed("other old second spare first previous")
_RETOLD = re.compile(r"\b(?:told|asked|informed|wrote|reminded) (?:me|us|you)\b", re.IGNORECASE)
_JOINS = re.compile(r"^[\s,]*(?:and|&|\+|und|,)\s*(?:also\s+)?$", re.IGNORECASE)


def kind_of(plain: str) -> str | None:
    """`notebook`, `latpop` → `laptop`; None for a word that is no device."""
    if plain in _KIND_OF:
        return _KIND_OF[plain]
    near = _MISSPELT.near(plain) if len(plain) >= 5 and not is_ordinary(plain) else []
    return _KIND_OF[near[0][1]] if near and near[0][0] <= 1 else None


@dataclass(frozen=True)
class DevicesIndex:
    """Devices by tag, and by owner and kind. Make it with `index_devices`."""

    tags: dict[str, str]
    owned: dict[str, tuple[Device, ...]]

    def find(self, words: Sequence[Word], text: str, *, writer: str | None, people: Sequence[Mention]) -> list[Mention]:
        """Devices by tag, `my laptop` (the writer's), `maria's laptop`, `the laptop of maria`, `… and tom's`, `… and mine`."""
        found: list[Mention] = []
        at = 0
        while at < len(words):
            span, mention = self._tag(words, at, text)
            if mention is None:
                span, mention = 1, self._possessed(words, at, text, writer=writer, people=people)
            if mention is None and found:
                mention = self._left_out(words, at, text, writer=writer, people=people, last=found[-1])
            if mention:
                found.append(mention)
            at += span
        return found

    def kind(self, device: str) -> str | None:
        """The kind of a device on record."""
        return next((one.kind for theirs in self.owned.values() for one in theirs if one.id == device), None)

    def _tag(self, words: Sequence[Word], at: int, text: str) -> tuple[int, Mention | None]:
        for span in (4, 3, 2, 1):
            window = words[at : at + span]
            tag = joined("".join(word.plain for word in window))
            if len(window) == span and tag in self.tags:
                start, end = window[0].start, window[-1].end
                return span, Mention("device", start, end, text[start:end], self.tags[tag], 0.98)
        return 1, None

    def _possessed(
        self, words: Sequence[Word], at: int, text: str, *, writer: str | None, people: Sequence[Mention]
    ) -> Mention | None:
        kind = kind_of(words[at].plain)
        if kind is None:
            return None
        back, owner, clear = self._owner(words, at, text, writer=writer, people=people)
        if owner is None:
            return None
        described = {word.plain for word in words[at - back : at]}
        if described & _OTHER and len(self._fitting(owner, kind)) > 1:
            clear = False
        return self._one_of(owner, kind, words[at - back : at + 1], text, newest=bool(described & _NEW), clear=clear)

    def _owner(
        self, words: Sequence[Word], at: int, text: str, *, writer: str | None, people: Sequence[Mention]
    ) -> tuple[int, str | None, bool]:
        """How many words before the device belong to it, whose it is, and whether that is clear."""
        for step in range(1, min(at, 3) + 1):
            word = words[at - step]
            if word.plain == "my" and not any(one.owns for one in words[at - step : at]):
                return step, writer, True
            if word.plain in _THEIRS and step <= 3:
                owner, clear = _earlier(people, word, text)
                return step, owner, clear
            person = next((one for one in people if one.end == word.end and one.ref), None)
            if person is not None and (word.owns or step == 1):
                return step - 1, person.ref, True
            if word.plain not in _DESCRIBED:
                break
        ahead = at + 1
        while ahead < len(words) and ahead - at <= 3 and words[ahead].plain in _OF:
            ahead += 1
        if ahead > at + 1 and words[at + 1].plain in {"of", "belonging"} and ahead < len(words):
            person = next((one for one in people if one.start == words[ahead].start and one.ref), None)
            return 0, person.ref if person else None, True
        return 0, None, True

    def _left_out(
        self,
        words: Sequence[Word],
        at: int,
        text: str,
        *,
        writer: str | None,
        people: Sequence[Mention],
        last: Mention,
    ) -> Mention | None:
        """`my laptop and Tom's`, `Tom's laptop and mine`: the device that is meant without its word."""
        word = words[at]
        kind = self.kind(last.ref or "")
        if kind is None:
            return None
        if word.plain == "mine" and writer and _JOINS.match(text[last.end : word.start]):
            return self._one_of(writer, kind, [word], text)
        person = next((one for one in people if one.end == word.end and one.ref), None)
        if person is None or not word.owns or not _JOINS.match(text[last.end : person.start]):
            return None
        following = words[at + 1].plain if at + 1 < len(words) else ""
        if kind_of(following) or following in _NOT_LEFT_OUT:
            return None
        return self._one_of(person.ref or "", kind, [word], text)

    def _fitting(self, owner: str, kind: str) -> list[Device]:
        return [one for one in self.owned.get(owner, ()) if _KIND_OF.get(one.kind, one.kind) == kind]

    def _one_of(
        self, owner: str, kind: str, window: Sequence[Word], text: str, *, newest: bool = False, clear: bool = True
    ) -> Mention | None:
        devices = self._fitting(owner, kind)
        if not devices:
            return None
        fitting = tuple(sorted(one.id for one in devices))
        start, end = window[0].start, window[-1].end
        one = fitting[0] if len(fitting) == 1 and clear else None
        if one is None and newest and clear:
            one = _newest(devices)
        sure = 0.95 if one else 0.95 / max(len(fitting), 2)
        return Mention("device", start, end, text[start:end].removesuffix("'s"), one, round(sure, 4), fitting)


_NOT_LEFT_OUT = listed("account password vpn access login mailbox profile licence license team boss manager phone mail")


def _earlier(people: Sequence[Mention], word: Word, text: str) -> tuple[str | None, bool]:
    """Whose `her` is: the one person who was named before. Not clear after `Tom told me that her …`."""
    before = [one for one in people if one.end <= word.start]
    if not before or len({one.ref or one.candidates for one in before}) != 1:
        return None, False
    return before[0].ref, not _RETOLD.search(text[before[-1].end : word.start])


def _newest(devices: Sequence[Device]) -> str | None:
    """The one that was handed out last, if the records say when."""
    dated = [(one.issued, one.id) for one in devices if one.issued is not None]
    latest = sorted(dated, reverse=True)
    alone = len(dated) == len(devices) and (len(latest) == 1 or latest[0][0] != latest[1][0])
    return latest[0][1] if latest and alone else None


def index_devices(devices: Iterable[Device]) -> DevicesIndex:
    """Index devices by tag and id, and by their owner."""
    tags: dict[str, str] = {}
    owned: dict[str, list[Device]] = defaultdict(list)
    for device in devices:
        tags[joined(device.tag)] = tags[joined(device.id)] = device.id
        if device.owner:
            owned[device.owner].append(device)
    return DevicesIndex(tags, {owner: tuple(theirs) for owner, theirs in owned.items()})
