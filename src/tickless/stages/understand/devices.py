"""Finds devices in a message: by tag, as `my laptop`, or as somebody's. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tickless.domain.person import Device
from tickless.stages.understand.mention import Mention
from tickless.stages.understand.text import Word
from tickless.stages.understand.things import joined

_KINDS = {
    "laptop": "laptop notebook macbook computer pc machine workstation thinkpad desktop mac",
    "phone": "phone mobile smartphone iphone cell handy cellphone",
    "tablet": "tablet ipad",
}
_KIND_OF = {word: kind for kind, words in _KINDS.items() for word in words.split()}


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
            tag = joined("".join(word.plain for word in window))
            if len(window) == span and tag in self.tags:
                start, end = window[0].start, window[-1].end
                return span, Mention("device", start, end, text[start:end], self.tags[tag], 0.98)
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
        tags[joined(device.tag)] = tags[joined(device.id)] = device.id
        if device.owner:
            owned[device.owner].append(device)
    return DevicesIndex(tags, {owner: tuple(theirs) for owner, theirs in owned.items()})
