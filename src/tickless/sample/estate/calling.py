"""The calling side of `web`: one request over a connection that is kept for the next one."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from tickless.sample.estate.web import HOST


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Line:
    """One TCP connection to a process of the estate."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.used = False

    @classmethod
    async def open(cls, port: int) -> Line:
        """Raises OSError when nobody listens."""
        return cls(*await asyncio.open_connection(HOST, port))

    async def send(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None, host: str = HOST
    ) -> Answer:
        """Raises OSError or asyncio.IncompleteReadError when the other side goes away."""
        extra = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
        head = f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(body)}\r\n{extra}\r\n"
        self.used = True
        self.writer.write(head.encode("latin-1") + body)
        await self.writer.drain()
        lines = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        length = next((line.split(":")[1] for line in lines if line.lower().startswith("content-length:")), "0")
        return Answer(int(lines[0].split(" ")[1]), await self.reader.readexactly(int(length)))

    def close(self) -> None:
        self.writer.close()


@dataclass
class Caller:
    """Calls other processes; keeps a few idle lines to each port."""

    token: str
    idle: dict[int, list[Line]] = field(default_factory=dict)

    async def call(
        self, port: int, path: str, *, patience: float, method: str = "GET", body: Any = None, key: str = ""
    ) -> Answer:
        """Raises OSError (nobody listens, or went away) or TimeoutError (no answer within `patience` seconds)."""
        headers = {"Authorization": f"Bearer {self.token}"} | ({"Idempotency-Key": key} if key else {})
        headers |= {"Content-Type": "application/json"} if body is not None else {}
        payload = b"" if body is None else json.dumps(body).encode()
        async with asyncio.timeout(patience):
            kept = self.idle.setdefault(port, [])
            while kept:
                try:
                    return await self._send(kept.pop(), port, method, path, payload=payload, headers=headers)
                except (OSError, asyncio.IncompleteReadError):
                    continue  # a kept line that the other side has closed meanwhile
            try:
                return await self._send(await Line.open(port), port, method, path, payload=payload, headers=headers)
            except asyncio.IncompleteReadError as error:
                raise ConnectionResetError("went away") from error

    async def _send(
        self, line: Line, port: int, method: str, path: str, *, payload: bytes, headers: dict[str, str]
    ) -> Answer:
        whole = False
        try:
            got = await line.send(method, path, payload, headers)
            whole = True
        finally:
            if whole:
                self.idle[port].append(line)
            else:
                line.close()
        return got
