"""A cable that can be pulled: a relay on loopback in front of a system, which breaks every connection when it is shut."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from urllib.parse import urlsplit

PIECE = 65_536


class Gate:
    """Listens for as long as it is open; what is said goes to the system behind it and back."""

    def __init__(self, url: str) -> None:
        self._behind = urlsplit(url).port or 80
        self._lines: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._loses = b""
        self.lost = threading.Event()
        """An answer was lost."""
        self._door = self._bind(0)
        self.port = int(self._door.getsockname()[1])
        threading.Thread(target=self._serve, args=(self._door,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @staticmethod
    def _bind(port: int) -> socket.socket:
        door = socket.socket()
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(("127.0.0.1", port))
        door.listen(64)
        return door

    def shut(self) -> None:
        """Nobody gets through any more, and who is through is cut off."""
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        with self._lock:
            lines, self._lines = self._lines, set()
        for line in lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()

    def open(self) -> None:
        self._door = self._bind(self.port)
        threading.Thread(target=self._serve, args=(self._door,), daemon=True).start()

    def lose_answer_to(self, words: bytes) -> None:
        """The next request with these words gets through, and its answer is lost on the way back."""
        self._loses = words

    def _serve(self, door: socket.socket) -> None:
        while True:
            try:
                near, _ = door.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self._behind), timeout=5)
            except OSError:
                near.close()
                continue
            far.settimeout(None)
            with self._lock:
                self._lines |= {near, far}
            deaf = threading.Event()
            threading.Thread(target=self._carry, args=(near, far), kwargs={"asks": deaf}, daemon=True).start()
            threading.Thread(target=self._carry, args=(far, near), kwargs={"deaf": deaf}, daemon=True).start()

    def _carry(
        self,
        one: socket.socket,
        other: socket.socket,
        *,
        asks: threading.Event | None = None,
        deaf: threading.Event | None = None,
    ) -> None:
        with suppress(OSError):
            while piece := one.recv(PIECE):
                if asks is not None and self._loses and self._loses in piece:
                    self._loses = b""
                    asks.set()
                if deaf is not None and deaf.is_set():
                    self.lost.set()
                    break
                other.sendall(piece)
            else:
                other.shutdown(socket.SHUT_WR)
                return
        for line in (one, other):
            line.close()
