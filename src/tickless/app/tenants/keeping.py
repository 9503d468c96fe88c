"""Keeps the houses of all tenants running: each a process of its own, started again when it falls, all stopped together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tickless.app.tenants.book import Tenant
from tickless.app.tenants.reading import footprint_of

LOOK = 0.5
"""Seconds between two looks at whether all run."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds before a house that fell is started again: twice as long each time, until it has run for `STEADY`."""
STEADY = 60.0
STOPPING = 20.0
"""Seconds that a house gets to stop."""
_NEEDED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "XDG_CACHE_HOME", "SSL_CERT_FILE", "PYTHONPATH")
_PROGRAM = "from tickless.app.main import main; main()"
Say = Callable[[str], object]


@dataclass
class _Kept:
    tenant: Tenant
    process: subprocess.Popen[bytes]
    since: float
    pause: float = FIRST_PAUSE
    again_at: float | None = None


@dataclass
class Keeper:
    """Of the houses in one list; `check` them before. `say` tells what happens, a line each."""

    tenants: Sequence[Tenant]
    say: Say
    _kept: list[_Kept] = field(default_factory=list)

    def run(self, stopped: threading.Event) -> None:
        """Until `stopped`. Whatever happens, no house is left behind."""
        try:
            for one in self.tenants:
                self._kept.append(_Kept(one, self._start(one), time.monotonic()))
                self.say(f"{one.name}: https://{one.host} → 127.0.0.1:{one.port}")
            while not stopped.wait(LOOK):
                for kept in self._kept:
                    self._look(kept)
        finally:
            self._stop()

    def pid_of(self, tenant: str) -> int:
        """The process of a tenant's house as it runs, or ran last."""
        return next(kept.process.pid for kept in self._kept if kept.tenant.name == tenant)

    def _look(self, kept: _Kept) -> None:
        code, now = kept.process.poll(), time.monotonic()
        if code is None:
            if now - kept.since > STEADY:
                kept.pause = FIRST_PAUSE
            return
        if kept.again_at is None:
            kept.again_at = now + kept.pause
            self.say(f"{kept.tenant.name}: it ended with {code}, and is started again in {kept.pause:.0f} s")
            kept.pause = min(2 * kept.pause, LONGEST_PAUSE)
        elif now >= kept.again_at:
            kept.process, kept.since, kept.again_at = self._start(kept.tenant), now, None

    def _start(self, tenant: Tenant) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", _PROGRAM, "--data", str(tenant.data.absolute()), "serve",
                   "--host", "127.0.0.1", "--port", str(tenant.port), "--json"]  # fmt: skip
        with (tenant.data / "tickless.log").open("ab") as log:
            return subprocess.Popen(  # noqa: S603 (our own program)
                command,
                cwd=tenant.data,
                env=environment_of(tenant, os.environ),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def _stop(self) -> None:
        running = [kept.process for kept in self._kept if kept.process.poll() is None]
        for process in running:
            process.send_signal(signal.SIGTERM)
        for process in running:
            try:
                process.wait(timeout=STOPPING)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def environment_of(tenant: Tenant, around: Mapping[str, str]) -> dict[str, str]:
    """What a house may know of the environment: how to find programs, and the secrets that its own settings name."""
    secrets = (footprint_of(tenant).secrets or {}).values()
    named = [one.removeprefix("env:") for one in secrets if one.startswith("env:")]
    return {name: around[name] for name in (*_NEEDED, *named) if name in around}
