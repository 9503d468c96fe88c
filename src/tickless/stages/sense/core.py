"""Recognising repeats, and the fingerprint of a message. Pure but for the bounded memory that `Repeats` is."""

from __future__ import annotations

from collections.abc import Iterable

from tickless.kit.canonical import digest

Marked = tuple[int, bytes]
"""An item's mark, a hash of its bytes and its source, and the item."""


def message_fingerprint(conversation: str, text: str) -> str:
    """The fingerprint of a message: the same words in the same conversation."""
    return digest([conversation, text])[:32]


class Repeats:
    """Remembers what is stored: the last thing each source said about each fingerprint, by the hash of its bytes, and the
    event keys.

    By its bytes a repeat is dropped only while it says what was said last: firing, resolved, firing again is three things.
    What is forgotten (the memory is bounded) is caught by the log's own uniqueness. It forgets by halves, the older first.
    """

    def __init__(self, capacity: int = 200_000) -> None:
        self._half = max(1, capacity // 2)
        self._young, self._old = _Memory(), _Memory()

    def fresh(self, source: str, items: Iterable[bytes]) -> list[Marked]:
        """Those items that are not what the source said last about their fingerprint, each with its mark."""
        seed, found = hash(source), []
        young, old = self._young, self._old
        about_young, about_old, last_young, last_old = young.of_item, old.of_item, young.last, old.last
        for item in items:
            mark = hash(item) ^ seed
            about = about_young.get(mark) or about_old.get(mark)
            if about is None or (last_young.get(about) or last_old.get(about)) != mark:
                found.append((mark, item))
        return found

    def stored(self, source: str, event_key: str) -> bool:
        """Whether that event of that source is in the log for certain."""
        event = hash(event_key) ^ hash(source)
        return event in self._young.events or event in self._old.events

    def remember(self, source: str, stored: Iterable[tuple[int, str, str]]) -> None:
        """Call once the signals are durable: (mark, fingerprint, event key) of each."""
        seed, young = hash(source), self._young
        of_item, last, events = young.of_item, young.last, young.events
        for mark, fingerprint, event_key in stored:
            about = hash(fingerprint) ^ seed
            of_item[mark] = about
            last[about] = mark
            events.add(hash(event_key) ^ seed)
        if len(of_item) >= self._half or len(events) >= self._half:
            self._young, self._old = _Memory(), young


class _Memory:
    """One half: hash of the bytes → hash of the fingerprint, that → hash of the last bytes, and the hashes of events."""

    __slots__ = ("events", "last", "of_item")

    def __init__(self) -> None:
        self.of_item: dict[int, int] = {}
        self.last: dict[int, int] = {}
        self.events: set[int] = set()
