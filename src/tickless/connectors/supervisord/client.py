"""Supervisord's XML-RPC interface (supervisord.org/api.html), as far as processes go."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from xmlrpc.client import Fault

from tickless.connectors.supervisord.door import SOCKET, Door, HttpDoor, SocketDoor
from tickless.connectors.supervisord.settings import Settings
from tickless.connectors.supervisord.wire import XmlRefused, answer, request
from tickless.domain.errors import OutsideError, Rejected, Unreachable
from tickless.sdk import Call
from tickless.sdk.deadline import Deadline
from tickless.sdk.http import HttpClient

SHUTDOWN_STATE = 6
BAD_NAME = 10
ALREADY_STARTED = 60
NOT_RUNNING = 70
UP = {"RUNNING", "STARTING"}


@dataclass(frozen=True)
class ProcessInfo:
    """What supervisord says of a process. `start` and `now` are its own clock's, in whole seconds since 1970."""

    state: str
    pid: int
    start: int
    now: int

    @property
    def running(self) -> bool:
        return self.state == "RUNNING"

    @property
    def age(self) -> int:
        """Seconds since it was last started."""
        return max(0, self.now - self.start)


@dataclass(frozen=True)
class Supervisor:
    """One supervisord. By its deadline, every call has to be answered."""

    door: Door
    deadline: Deadline

    def info(self, process: str) -> ProcessInfo | None:
        """How a process stands; None when there is none by that name."""
        if not process.isprintable():
            return None  # XML has no place for control characters, and so no process is called so
        try:
            found = self._call("getProcessInfo", process)
        except Fault as fault:
            if fault.faultCode == BAD_NAME:
                return None
            raise _translate(fault) from fault
        return _read(found)

    def start(self, process: str) -> None:
        """Start it and wait until supervisord counts it as running. Starting a running one is no error."""
        self._do("startProcess", process, unless=ALREADY_STARTED)

    def stop(self, process: str) -> None:
        """Stop it and wait until it has ended. Stopping a stopped one is no error."""
        self._do("stopProcess", process, unless=NOT_RUNNING)

    def _do(self, method: Literal["startProcess", "stopProcess"], process: str, *, unless: int) -> None:
        try:
            self._call(method, process, True)
        except Fault as fault:
            if fault.faultCode != unless:
                raise _translate(fault) from fault

    def _call(self, method: str, *arguments: str | bool) -> Any:
        body = request(f"supervisor.{method}", *arguments)
        return answer(self.door.post(body, timeout=self.deadline.left()))


def connect(call: Call) -> Supervisor:
    """The supervisord of the call's settings."""
    settings: Settings = call.settings
    headers: dict[str, str] = {}
    if settings.username:
        password = call.secret(settings.password) if settings.password else ""
        token = base64.b64encode(f"{settings.username}:{password}".encode()).decode()
        headers["authorization"] = f"Basic {token}"
    door: Door = HttpDoor(HttpClient(settings.url, headers=headers, verify=settings.ca_file or True))
    if settings.url.startswith(SOCKET):
        door = SocketDoor(settings.url.removeprefix(SOCKET), headers)
    return Supervisor(door, Deadline.within(call.timeout, who="supervisord"))


def _read(found: object) -> ProcessInfo:
    if not isinstance(found, Mapping):
        raise XmlRefused("supervisord says nothing about the process")
    numbers = [found.get(name) for name in ("pid", "start", "now")]
    state = found.get("statename")
    if not isinstance(state, str) or not all(isinstance(number, int) for number in numbers):
        raise XmlRefused("supervisord does not say how the process stands")
    pid, start, now = (int(number or 0) for number in numbers)
    return ProcessInfo(state, pid, start, now)


def _translate(fault: Fault) -> OutsideError:
    detail = f"{fault.faultCode} {str(fault.faultString)[:300]}"
    if fault.faultCode == SHUTDOWN_STATE:
        return Unreachable("supervisord is shutting down", detail=detail)
    return Rejected("supervisord could not do that", detail=detail)
