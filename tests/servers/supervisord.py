"""A real supervisord with its XML-RPC door on loopback; it supervises a small HTTP service."""

from __future__ import annotations

import os
import secrets
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xmlrpc.client import ServerProxy

import pytest
from tests.servers.processes import HOST, Program, free_port, listens, own_folder
from tests.servers.shared import shared
from tests.waiting import until

CONFIG = """
[supervisord]
nodaemon=true
logfile={folder}/supervisord.log
pidfile={folder}/supervisord.pid
childlogdir={folder}
[inet_http_server]
port={host}:{port}
username={username}
password={password}
[unix_http_server]
file={folder}/supervisor.sock
chmod=0700
username={username}
password={password}
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
"""
PROGRAM = """
[program:{name}]
command={command}
directory={folder}
autostart=true
autorestart=false
startsecs=0
stopasgroup=true
killasgroup=true
stdout_logfile={folder}/{name}.log
redirect_stderr=true
"""
SERVICE = Path(__file__).with_name("service.py")


@dataclass(frozen=True)
class Supervisord:
    """A running supervisord. `process` is the name it gives the program it supervises, `service_url` what users see of it."""

    url: str
    socket_url: str
    """The same by its Unix socket, `unix:///…`."""
    username: str
    password: str
    process: str
    service_url: str
    service_port: int

    def ask(self, method: str, *arguments: Any) -> Any:
        """Call `supervisor.<method>` on it, to prepare and to inspect."""
        credentials = f"{quote(self.username)}:{quote(self.password)}@"
        with ServerProxy(self.url.replace("://", f"://{credentials}", 1)) as proxy:
            return getattr(proxy.supervisor, method)(*arguments)

    def info(self) -> dict[str, Any]:
        """What it says about the program: `statename`, `pid`, `start` (seconds) …"""
        found = self.ask("getProcessInfo", self.process)
        assert isinstance(found, dict)
        return found

    def serves(self) -> bool:
        """The symptom itself: does the supervised service accept connections?"""
        return listens(self.service_port)

    def kill(self) -> None:
        """SIGKILL the supervised program, and wait until it no longer serves. Supervisord does not restart it."""
        os.kill(self.info()["pid"], signal.SIGKILL)
        until(lambda: not self.serves() and self.info()["pid"] == 0, what="the service to die")

    def ensure_running(self) -> None:
        """Bring the program back if it is down."""
        if self.info()["statename"] != "RUNNING":
            self.ask("startProcess", self.process)
        until(self.serves, what="the service to serve")


@contextmanager
def run_supervisord(folder: Path, *, process: str, command: str, service_port: int) -> Iterator[Supervisord]:
    """Start a supervisord in `folder` that supervises one program listening on `service_port`."""
    port, username, password = free_port(), "tickless", secrets.token_hex(12)
    config = folder / "supervisord.conf"
    settings = CONFIG.format(folder=folder, host=HOST, port=port, username=username, password=password)
    config.write_text(settings + PROGRAM.format(name=process, command=command, folder=folder))
    daemon = Program(
        [sys.executable, "-W", "ignore", "-m", "supervisor.supervisord", "-c", str(config)],
        log=folder / "log",
        cwd=folder,
    )
    daemon.start(lambda: listens(port) and listens(service_port))
    running = Supervisord(
        url=f"http://{HOST}:{port}/RPC2",
        socket_url=f"unix://{folder}/supervisor.sock",
        username=username,
        password=password,
        process=process,
        service_url=f"http://{HOST}:{service_port}",
        service_port=service_port,
    )
    try:
        yield running
    finally:
        daemon.stop()  # it stops its children itself, each in a process group of its own
        until(lambda: not running.serves(), what="the supervised program to end")


@contextmanager
def run_supervised_service() -> Iterator[Supervisord]:
    """Start a supervisord with the small HTTP service."""
    with own_folder("sup") as folder:
        port = free_port()
        command = f"{sys.executable} {SERVICE} {port}"
        with run_supervisord(folder, process="web", command=command, service_port=port) as running:
            yield running


def fresh_supervisord() -> Supervisord:
    """The supervisord that this process shares, its program running."""
    server = shared("supervisord", run_supervised_service)
    server.ensure_running()
    return server


@pytest.fixture
def supervisord() -> Supervisord:
    """A supervisord whose program runs when the test begins. Started once per session."""
    return fresh_supervisord()
