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
    What is forgotten (the memory is bounded) is caught by the log's own uniqueness.
    """

    def __init__(self, capacity: int = 200_000) -> None:
        self._capacity = capacity
        self._of_item: dict[int, int] = {}
        self._last: dict[int, int] = {}
        self._events: dict[int, None] = {}

    def known(self, source: str, item: bytes) -> bool:
        """Whether these bytes are what the source said last about that fingerprint."""
        said = hash((source, item))
        about = self._of_item.get(said)
        return about is not None and self._last.get(about) == said

    def stored(self, source: str, event_key: str) -> bool:
        """Whether that event of that source is in the log for certain."""
        return hash((source, event_key)) in self._events

    def remember(self, source: str, item: bytes, *, fingerprint: str, event_key: str) -> None:
        """Call once the signal is durable."""
        said, about = hash((source, item)), hash((source, fingerprint))
        self._of_item.pop(said, None)  # a dict keeps the order of insertion: oldest first
        self._of_item[said] = about
        self._last[about] = said
        self._events[hash((source, event_key))] = None
        if len(self._of_item) > self._capacity:
            oldest = next(iter(self._of_item))
            forgotten = self._of_item.pop(oldest)
            if self._last.get(forgotten) == oldest:
                del self._last[forgotten]
        if len(self._events) > self._capacity:
            del self._events[next(iter(self._events))]
