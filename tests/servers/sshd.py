"""A real OpenSSH server for the current user: keys only, on a high loopback port, with a scratch folder to fill and clean."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.servers.processes import HOST, Program, free_port, listens, own_folder, program
from tests.servers.shared import shared

CONFIG = """
Port {port}
ListenAddress {host}
HostKey {folder}/host_key
PidFile {folder}/sshd.pid
AuthorizedKeysFile {folder}/client_key.pub
PubkeyAuthentication yes
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
UsePAM no
StrictModes no
LogLevel VERBOSE
"""


@dataclass(frozen=True)
class Sshd:
    """A running server. `scratch` is a folder on it (and here: it is the same machine)."""

    host: str
    port: int
    username: str
    key_path: Path
    known_hosts: Path
    scratch: Path

    def fill(self, name: str, *, kilobytes: int, days_old: float) -> Path:
        """Put a file of that size and age below the scratch folder."""
        path = self.scratch / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\0" * kilobytes * 1024)
        then = time.time() - days_old * 86_400
        os.utime(path, (then, then))
        return path


@contextmanager
def run_sshd() -> Iterator[Sshd]:
    """Start a server with an empty scratch folder."""
    binary = program("sshd") or "sshd"  # sshd insists on its own absolute path: it starts itself again per connection
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # where it drops its privileges; no init script made it
    with own_folder("sshd") as folder:
        for name in ("host_key", "client_key"):
            _make_key(folder / name)
        port = free_port()
        config = folder / "sshd_config"
        config.write_text(CONFIG.format(port=port, host=HOST, folder=folder))
        known_hosts = folder / "known_hosts"
        known_hosts.write_text(f"[{HOST}]:{port} {(folder / 'host_key.pub').read_text()}")
        scratch = folder / "scratch"
        scratch.mkdir()
        daemon = Program([binary, "-D", "-e", "-f", str(config)], log=folder / "log")
        daemon.start(lambda: listens(port))
        try:
            yield Sshd(HOST, port, getpass.getuser(), folder / "client_key", known_hosts, scratch)
        finally:
            daemon.stop()


def fresh_sshd() -> Sshd:
    """The server that this process shares, its scratch folder empty."""
    server = shared("sshd", run_sshd)
    shutil.rmtree(server.scratch)
    server.scratch.mkdir()
    return server


@pytest.fixture
def sshd() -> Sshd:
    """A server with an empty scratch folder. Started once per session."""
    return fresh_sshd()


def _make_key(path: Path) -> None:
    generate = program("ssh-keygen") or "ssh-keygen"
    subprocess.run([generate, "-q", "-t", "ed25519", "-N", "", "-f", path], check=True, capture_output=True)
