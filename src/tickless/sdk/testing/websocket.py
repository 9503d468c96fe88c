"""The server's side of a WebSocket (RFC 6455) over an HTTP handler of the standard library: for tests."""

from __future__ import annotations

import base64
import hashlib
import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler
from io import BufferedIOBase

_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA


class ServerSocket:
    """One open connection. `receive` in one thread; `send` from any."""

    def __init__(self, handler: BaseHTTPRequestHandler) -> None:
        key = handler.headers["Sec-WebSocket-Key"]
        accept = base64.b64encode(hashlib.sha1((key + _GUID).encode()).digest()).decode()  # noqa: S324 (the RFC's own)
        handler.send_response_only(101)
        for name, value in {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": accept}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.close_connection = True
        self._in: BufferedIOBase = handler.rfile
        self._socket = handler.connection
        self._lock = threading.Lock()
        self.is_open = True

    def send(self, text: str) -> None:
        """Raises `OSError` when the other side is gone."""
        self._frame(TEXT, text.encode())

    def _frame(self, opcode: int, data: bytes) -> None:
        size = len(data)
        if size < 126:
            head = struct.pack("!BB", 0x80 | opcode, size)
        elif size < 65_536:
            head = struct.pack("!BBH", 0x80 | opcode, 126, size)
        else:
            head = struct.pack("!BBQ", 0x80 | opcode, 127, size)
        with self._lock:
            self._socket.sendall(head + data)

    def receive(self) -> str | None:
        """The next text; pings are answered. None once the connection is over."""
        try:
            while True:
                opcode, data = self._read()
                if opcode == TEXT:
                    return data.decode()
                if opcode == PING:
                    self._frame(PONG, data)
                elif opcode == CLOSE:
                    self._frame(CLOSE, data)
                    break
        except (OSError, ValueError):
            """The other side left without a word."""
        self.is_open = False
        return None

    def _read(self) -> tuple[int, bytes]:
        first, second = self._exactly(2)
        size = second & 0x7F
        if size == 126:
            (size,) = struct.unpack("!H", self._exactly(2))
        elif size == 127:
            (size,) = struct.unpack("!Q", self._exactly(8))
        mask = self._exactly(4) if second & 0x80 else b"\0\0\0\0"
        data = self._exactly(size)
        return first & 0x0F, bytes(byte ^ mask[index % 4] for index, byte in enumerate(data))

    def _exactly(self, size: int) -> bytes:
        data = self._in.read(size)
        if len(data) != size:
            raise ValueError("the connection is over")
        return data

    def hang_up(self) -> None:
        """Without a word, as a broken cable does."""
        self.is_open = False
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            """It is gone already."""
