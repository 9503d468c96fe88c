"""A real nginx in one process, to break and to start again.

`master_process off`: after SIGKILL of a master its worker would go on serving, and nothing would be broken.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.servers.processes import HOST, Program, free_port, listens, own_folder, program
from tests.servers.shared import shared
from tests.waiting import until

CONFIG = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen {host}:{port};
        location / {{ default_type text/plain; return 200 "ok\\n"; }}
    }}
}}
"""


@dataclass(frozen=True)
class Nginx:
    """An nginx of its own process group."""

    url: str
    port: int
    daemon: Program

    def serves(self) -> bool:
        """The symptom itself: does it accept connections?"""
        return listens(self.port)

    def kill(self) -> None:
        """SIGKILL, and wait until it no longer serves."""
        self.daemon.kill()
        until(lambda: not self.serves(), what="nginx to die")

    def start(self) -> None:
        """Start it if it is down, and wait until it serves."""
        if not self.daemon.running:
            self.daemon.start(self.serves)


def nginx_command(folder: Path, *, port: int) -> list[str]:
    """Write a configuration into `folder`; gives the command line that serves it."""
    config = folder / "nginx.conf"
    config.write_text(CONFIG.format(folder=folder, host=HOST, port=port))
    return [program("nginx") or "nginx", "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(config)]


@contextmanager
def run_nginx() -> Iterator[Nginx]:
    """Prepare an nginx; `start()` starts it."""
    with own_folder("nginx") as folder:
        port = free_port()
        daemon = Program(nginx_command(folder, port=port), log=folder / "log")
        server = Nginx(f"http://{HOST}:{port}", port, daemon)
        try:
            yield server
        finally:
            daemon.stop()


def fresh_nginx() -> Nginx:
    """The nginx that this process shares, serving."""
    server = shared("nginx", run_nginx)
    server.start()
    return server


@pytest.fixture
def nginx() -> Nginx:
    """An nginx that serves when the test begins."""
    return fresh_nginx()
