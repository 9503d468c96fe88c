"""Recognising repeats, and the fingerprint of a message. Pure but for the bounded memory that `Repeats` is."""

from __future__ import annotations

from collections import OrderedDict

from tickless.kit.canonical import digest


def message_fingerprint(conversation: str, text: str) -> str:
    """The fingerprint of a message: the same words in the same conversation."""
    return digest([conversation, text])[:32]


class Repeats:
    """Remembers the last thing each source said about each fingerprint, by the hash of its bytes.

    A repeat is dropped only while it says what was said last: firing, resolved, firing again is three things. What is
    forgotten (the memory is bounded) is caught by the log's own uniqueness.
    """

    def __init__(self, capacity: int = 200_000) -> None:
        self._capacity = capacity
        self._of_item: OrderedDict[tuple[str, int], str] = OrderedDict()
        self._last: dict[tuple[str, str], int] = {}

    def known(self, source: str, item: bytes) -> bool:
        """Whether these bytes are what the source said last about that fingerprint."""
        key = (source, hash(item))
        fingerprint = self._of_item.get(key)
        return fingerprint is not None and self._last.get((source, fingerprint)) == key[1]

    def remember(self, source: str, item: bytes, fingerprint: str) -> None:
        """Call once the signal is durable."""
        key = (source, hash(item))
        self._of_item[key] = fingerprint
        self._of_item.move_to_end(key)
        self._last[(source, fingerprint)] = key[1]
        if len(self._of_item) > self._capacity:
            (old_source, old_hash), old_fingerprint = self._of_item.popitem(last=False)
            if self._last.get((old_source, old_fingerprint)) == old_hash:
                del self._last[(old_source, old_fingerprint)]
