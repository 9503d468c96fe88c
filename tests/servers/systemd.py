"""A real systemd, as a user's service manager with two units of its own, in a mount namespace where it may run."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.servers.processes import Program, own_folder, program
from tests.servers.shared import shared
from tests.waiting import until

SYSTEMD = "/lib/systemd/systemd"
BOOTED = "mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system && exec {systemd} --user --log-target=console"
"""systemd runs for a user only where the machine was booted with it: here it is made to look so, to nobody else."""
TARGET = "[Unit]\nDescription=Nothing\n"
SHOP = "[Unit]\nDescription=The shop\n[Service]\nExecStart=/bin/sleep 100000\nKillMode=process\n"
BROKEN = "[Unit]\nStartLimitIntervalSec=0\n[Service]\nType=oneshot\nExecStart=/bin/false\n"


@dataclass(frozen=True)
class Systemd:
    """A running manager. `runtime` is the XDG_RUNTIME_DIR by which `systemctl --user` finds it.

    `shop` runs, `broken` never starts; the names are its own, since managers beside it share one tree of control groups.
    """

    runtime: Path
    shop: str
    broken: str

    def control(self, *arguments: str) -> str:
        """`systemctl --user …`: what it printed."""
        environment = {**os.environ, "XDG_RUNTIME_DIR": str(self.runtime)}
        done = subprocess.run(
            [program("systemctl") or "systemctl", "--user", *arguments], env=environment, capture_output=True, text=True,
            timeout=20, check=False,
        )  # fmt: skip
        return done.stdout.strip()

    def state(self, unit: str) -> str:
        """`active`, `failed`, `inactive` …"""
        return self.control("is-active", unit)

    def pid(self, unit: str) -> int:
        """The main process; 0: none."""
        return int(self.control("show", "--property=MainPID", "--value", unit) or 0)

    def kill(self, unit: str) -> None:
        """SIGKILL its main process, and wait until systemd has seen it."""
        os.kill(self.pid(unit), signal.SIGKILL)
        until(lambda: self.state(unit) == "failed", what=f"{unit} to fail")


@contextmanager
def run_systemd() -> Iterator[Systemd]:
    """Start a manager."""
    with own_folder("systemd") as folder:
        folder.chmod(0o700)
        units = folder / "own-units"
        units.mkdir()
        own = secrets.token_hex(3)
        manager = Systemd(folder, f"shop-{own}.service", f"broken-{own}.service")
        for name, text in (("default.target", TARGET), (manager.shop, SHOP), (manager.broken, BROKEN)):
            (units / name).write_text(text)
        alone = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--user", "--map-current-user"]
        environment = {"XDG_RUNTIME_DIR": str(folder), "SYSTEMD_UNIT_PATH": f"{units}:"}
        log = folder / "log"
        daemon = Program([*alone, "sh", "-c", BOOTED.format(systemd=SYSTEMD)], log=log, env=environment)
        daemon.start(lambda: (folder / "systemd/private").exists() and manager.state("default.target") == "active")
        try:
            yield manager
        finally:
            with suppress(subprocess.SubprocessError):
                manager.control("stop", manager.shop)
            daemon.stop()


def fresh_systemd() -> Systemd:
    """The manager that this process shares: the shop runs, nothing has failed."""
    manager = shared("systemd", run_systemd)
    manager.control("stop", manager.broken)
    manager.control("reset-failed")
    manager.control("start", manager.shop)
    return manager


@pytest.fixture
def systemd() -> Systemd:
    """A systemd whose shop runs when the test begins."""
    return fresh_systemd()
