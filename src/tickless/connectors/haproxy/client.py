"""HAProxy's runtime API (management guide, 9.3): one line in, text out, and the connection is closed."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass

from tickless.connectors.haproxy.reading import Server, read_stat
from tickless.connectors.haproxy.settings import Settings
from tickless.domain.errors import AuthFailed, Rejected, Unreachable
from tickless.sdk import Call
from tickless.sdk.capabilities.balancer import Admin
from tickless.sdk.deadline import Deadline
from tickless.sdk.egress import reach

MOST_ANSWER = 4_000_000
_NAME = re.compile(r"^[A-Za-z0-9_.:-]{1,200}$")


@dataclass(frozen=True)
class Haproxy:
    """One HAProxy. By its deadline, everything has to be answered."""

    settings: Settings
    deadline: Deadline

    def servers(self, backend: str) -> list[Server]:
        """The servers of a backend. Raises `Rejected` when there is no such backend."""
        found = [server for server in read_stat(self._ask("show stat -1 4 -1")) if server.backend == backend]
        if not found:
            raise Rejected("HAProxy has no such backend, or it has no servers", detail=f"backend {backend!r}")
        return found

    def server(self, backend: str, name: str) -> Server:
        """One server. Raises `Rejected` when there is none."""
        for server in self.servers(backend):
            if server.name == name:
                return server
        raise Rejected("the backend has no such server", detail=f"server {name!r} of {backend!r}")

    def tell(self, server: Server, admin: Admin) -> None:
        """Take a server in (`ready`), let it run dry (`drain`), or out at once (`maint`)."""
        if not _NAME.match(server.backend) or not _NAME.match(server.name):
            raise Rejected(
                "HAProxy's runtime API cannot be told such a name", detail=f"{server.backend}/{server.name}"[:200]
            )
        told = self._ask(f"set server {server.backend}/{server.name} state {admin}").strip()
        if told:
            raise _translate(told)

    def _ask(self, command: str) -> str:
        try:
            with self._open() as door:
                door.sendall(command.encode() + b"\n")
                door.shutdown(socket.SHUT_WR)
                text = self._read(door)
        except OSError as error:
            raise Unreachable("HAProxy did not answer", detail=type(error).__name__) from error
        if "permission denied" in text.lower()[:200]:
            raise _translate(text)
        return text

    def _open(self) -> socket.socket:
        kind, _, place = self.settings.socket.partition(":")
        left = self.deadline.left()
        if kind == "tcp":
            host, _, port = place.rpartition(":")
            reach(host.strip("[]"), int(port))
            return socket.create_connection((host.strip("[]"), int(port)), timeout=left)
        door = socket.socket(socket.AF_UNIX)
        try:
            door.settimeout(left)
            door.connect(place)
        except OSError:
            door.close()
            raise
        return door

    def _read(self, door: socket.socket) -> str:
        parts: list[bytes] = []
        size = 0
        while True:
            door.settimeout(self.deadline.left())
            part = door.recv(65_536)
            if not part:
                return b"".join(parts).decode(errors="replace")
            size += len(part)
            if size > MOST_ANSWER:
                raise Rejected("HAProxy says too much", detail=f"more than {MOST_ANSWER} bytes")
            parts.append(part)


def connect(call: Call) -> Haproxy:
    """The HAProxy of the call's settings."""
    return Haproxy(call.settings, Deadline.within(call.timeout, who="HAProxy"))


def _translate(told: str) -> AuthFailed | Rejected:
    if "permission denied" in told.lower():
        return AuthFailed("HAProxy's socket may only look", detail=told[:300], mend="`stats socket … level admin`")
    return Rejected("HAProxy could not do that", detail=told[:300])
