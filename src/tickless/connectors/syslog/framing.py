"""Messages out of a stream (RFC 6587): counted (`34 <13>1 …`) or one a line, told apart message by message. Pure, bounded."""

from __future__ import annotations

_DIGITS = frozenset(b"0123456789")
_LONGEST_COUNT = 7


class Framer:
    """Feed it what arrives; it gives back whole messages, each cut to `largest` bytes. It holds one message at most."""

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self._held = bytearray()
        self._left: int | None = None
        """Bytes of the counted message that are still to come; None: not inside of one."""
        self._skipping = False
        """The rest of an overlong line is to come."""

    def feed(self, data: bytes) -> list[bytes]:
        """Messages that are complete now."""
        found: list[bytes] = []
        at = 0
        while at < len(data):
            at = self._counted(data, at, found) if self._left is not None else self._open(data, at, found)
        return found

    def _counted(self, data: bytes, at: int, found: list[bytes]) -> int:
        assert self._left is not None
        taken = data[at : at + self._left]
        self._keep(taken)
        self._left -= len(taken)
        if self._left == 0:
            self._left = None
            self._yield(found)
        return at + len(taken)

    def _open(self, data: bytes, at: int, found: list[bytes]) -> int:
        """A count, or a line up to its end."""
        counting = not self._skipping and (self._held or data[at : at + 1]).isdigit() and self._held[:1] != b"0"
        if counting:
            byte = data[at]
            if byte in _DIGITS and len(self._held) < _LONGEST_COUNT:
                self._held.append(byte)
                return at + 1
            if byte == 0x20 and self._held:
                self._left = int(self._held) or None
                self._held.clear()
                return at + 1
        end = data.find(b"\n", at)
        taken = data[at:] if end < 0 else data[at:end]
        if not self._skipping:
            self._keep(taken)
        if end < 0:
            self._skipping = self._skipping or len(self._held) >= self._largest
            return len(data)
        self._skipping = False
        self._yield(found)
        return end + 1

    def _keep(self, taken: bytes) -> None:
        self._held += taken[: max(self._largest - len(self._held), 0)]

    def _yield(self, found: list[bytes]) -> None:
        message = bytes(self._held).strip(b"\r\n\0 ")
        self._held.clear()
        if message:
            found.append(message)

    def rest(self) -> list[bytes]:
        """What was begun when the stream ended."""
        found: list[bytes] = []
        self._left, self._skipping = None, False
        self._yield(found)
        return found
