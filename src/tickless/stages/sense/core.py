"""Recognising repeats, and the fingerprint of a message. Pure but for the bounded memory that `Repeats` is."""

from __future__ import annotations

from tickless.kit.canonical import digest


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

    def known(self, source: str, item: bytes) -> bool:
        """Whether these bytes are what the source said last about that fingerprint."""
        said = hash((source, item))
        young, old = self._young, self._old
        about = young.of_item.get(said) or old.of_item.get(said)
        if about is None:
            return False
        return (young.last.get(about) or old.last.get(about)) == said

    def stored(self, source: str, event_key: str) -> bool:
        """Whether that event of that source is in the log for certain."""
        event = hash((source, event_key))
        return event in self._young.events or event in self._old.events

    def remember(self, source: str, item: bytes, *, fingerprint: str, event_key: str) -> None:
        """Call once the signal is durable."""
        young = self._young
        said, about = hash((source, item)), hash((source, fingerprint))
        young.of_item[said] = about
        young.last[about] = said
        young.events.add(hash((source, event_key)))
        if len(young.of_item) >= self._half or len(young.events) >= self._half:
            self._young, self._old = _Memory(), young


class _Memory:
    """One half: hash of the bytes → hash of the fingerprint, that → hash of the last bytes, and the hashes of events."""

    __slots__ = ("events", "last", "of_item")

    def __init__(self) -> None:
        self.of_item: dict[int, int] = {}
        self.last: dict[int, int] = {}
        self.events: set[int] = set()
