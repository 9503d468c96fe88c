"""A real HAProxy before two small backends' worth of servers, with its runtime API on loopback."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from tests.servers.nginx import nginx_command
from tests.servers.processes import HOST, Program, free_port, listens, own_folder, program
from tests.servers.shared import shared
from tests.waiting import until

CONFIG = """
global
  stats socket ipv4@{host}:{admin} level admin
  stats socket ipv4@{host}:{operator} level operator
  stats socket {folder}/admin.sock mode 600 level admin
defaults
  mode http
  timeout connect 1s
  timeout client 5s
  timeout server 5s
frontend edge
  bind {host}:{port}
  default_backend shop
backend shop
  server web1 {host}:{web} check inter 200ms
  server web2 {host}:{web} check inter 200ms
backend lonely
  server only {host}:{web}
"""


@dataclass(frozen=True)
class Haproxy:
    """`shop` has `web1` and `web2`; `lonely` has `only`. `operator` is a door that may only look."""

    admin: int
    operator: int
    unix: str

    def ask(self, command: str) -> str:
        """Straight to the runtime API."""
        with socket.create_connection((HOST, self.admin), timeout=5) as door:
            door.sendall(command.encode() + b"\n")
            return b"".join(iter(lambda: door.recv(65_536), b"")).decode()

    def states(self) -> dict[str, str]:
        """Server → status, of `shop`, as HAProxy tells it."""
        rows = [line.split(",") for line in self.ask("show stat -1 4 -1").splitlines()]
        return {row[1]: row[17] for row in rows if row[0] == "shop"}


@contextmanager
def run_haproxy() -> Iterator[Haproxy]:
    """Start it, with an nginx behind it."""
    with own_folder("haproxy") as folder:
        web, admin, operator, port = (free_port() for _ in range(4))
        behind = Program(nginx_command(folder, port=web), log=folder / "nginx.log")
        config = folder / "haproxy.cfg"
        config.write_text(CONFIG.format(host=HOST, folder=folder, web=web, admin=admin, operator=operator, port=port))
        daemon = Program([program("haproxy") or "haproxy", "-f", str(config), "-db"], log=folder / "log")
        behind.start(lambda: listens(web))
        try:
            daemon.start(lambda: listens(admin))
            yield Haproxy(admin, operator, str(folder / "admin.sock"))
        finally:
            daemon.stop()
            behind.stop()


def fresh_haproxy() -> Haproxy:
    """The HAProxy that this process shares, every server ready and up."""
    server = shared("haproxy", run_haproxy)
    for name in ("shop/web1", "shop/web2", "lonely/only"):
        server.ask(f"set server {name} state ready")
    until(lambda: set(server.states().values()) == {"UP"}, what="the servers to be up")
    return server


@pytest.fixture
def haproxy() -> Haproxy:
    """An HAProxy whose servers are up."""
    return fresh_haproxy()
