"""The supervisor: starts, stops and restarts the estate's real child processes. Nothing restarts by itself."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import tickless
from tickless.sample.estate.blueprint import OFFICE, Blueprint
from tickless.sample.estate.calling import Caller
from tickless.sample.estate.web import Json, Problem

GRACE = 0.6
"""Seconds between the polite signal and the one that can't be refused."""
START_PATIENCE = 30.0


@dataclass
class Running:
    child: subprocess.Popen[bytes]
    started_at: dt.datetime
    hung: bool = False


class Processes:
    """`python -S`: the children need no installed package, and so start twice as fast."""

    def __init__(self, blueprint: Blueprint, file: Path, caller: Caller) -> None:
        self.blueprint = blueprint
        self.file = file
        self.caller = caller
        self.running: dict[str, Running] = {}
        self.lifeline, self._held_open = os.pipe()
        self.logs = blueprint.folder / "logs"
        self.logs.mkdir(exist_ok=True)

    def spawn(self, name: str, module: str = "service", arguments: Sequence[str] = ()) -> None:
        """Start a process without waiting for it."""
        root = str(Path(tickless.__file__).parents[1])
        command = [sys.executable, "-S", "-m", f"tickless.sample.estate.{module}", str(self.file), *arguments]
        with (self.logs / f"{name}.log").open("ab") as log:
            child = subprocess.Popen(  # noqa: S603 - our own interpreter and our own module
                command, stdin=self.lifeline, stdout=log, stderr=log, env={"PYTHONPATH": root, "PATH": os.defpath}
            )
        self.running[name] = Running(child, dt.datetime.now(dt.UTC))

    def spawn_supervised(self, name: str) -> None:
        if name == OFFICE:
            self.spawn(OFFICE, OFFICE)
        else:
            self.spawn(name, arguments=[name])

    async def ready(self, name: str, port: int) -> None:
        """Wait until it answers. Raises `Problem` (503) with the end of its log when it does not."""
        end = asyncio.get_running_loop().time() + START_PATIENCE
        while asyncio.get_running_loop().time() < end and self.running[name].child.poll() is None:
            try:
                await self.caller.call(port, "/ready", patience=2.0)
            except OSError:
                await asyncio.sleep(0.02)
            else:
                return
        log = (self.logs / f"{name}.log").read_text(errors="replace")[-500:]
        raise Problem(503, f"{name} did not start: {log.strip() or 'no answer'}")

    def state(self, name: str) -> Json:
        """As the capability `process.state` wants it; `exists` is false for a name that is no process here."""
        if name not in self.blueprint.processes:
            return {"exists": False, "running": False, "pid": None, "started_at": None, "state": "unknown"}
        found = self.running.get(name)
        if found is None:
            return {"exists": True, "running": False, "pid": None, "started_at": None, "state": "stopped"}
        code = found.child.poll()
        word = ("hung" if found.hung else "running") if code is None else _ending(code)
        return {
            "exists": True,
            "running": code is None,
            "pid": found.child.pid if code is None else None,
            "started_at": found.started_at.isoformat(),
            "state": word,
        }

    async def start(self, name: str) -> Json:
        self._known(name)
        if self.state(name)["running"]:
            return {"changed": False, **self.state(name)}
        self.spawn_supervised(name)
        await self.ready(name, self.blueprint.port_of(name))
        return {"changed": True, **self.state(name)}

    async def stop(self, name: str) -> Json:
        self._known(name)
        if not self.state(name)["running"]:
            return {"changed": False, **self.state(name)}
        child = self.running[name].child
        child.terminate()
        for _ in range(int(GRACE / 0.02)):
            if child.poll() is not None:
                break
            await asyncio.sleep(0.02)
        else:
            child.kill()
            child.wait()
        return {"changed": True, **self.state(name)}

    async def restart(self, name: str) -> Json:
        await self.stop(name)
        return await self.start(name)

    def kill(self, name: str) -> None:
        """SIGKILL, as when memory runs out."""
        self._alive(name).child.send_signal(signal.SIGKILL)
        self._alive(name).child.wait()

    def hang(self, name: str) -> None:
        """SIGSTOP: connections are accepted by the kernel and never answered."""
        found = self._alive(name)
        found.child.send_signal(signal.SIGSTOP)
        found.hung = True

    def wake(self, name: str) -> None:
        found = self._alive(name)
        found.child.send_signal(signal.SIGCONT)
        found.hung = False

    def _known(self, name: str) -> None:
        if name not in self.blueprint.processes:
            raise Problem(404, f"there is no process {name!r}")

    def _alive(self, name: str) -> Running:
        self._known(name)
        return self.running[name]


def _ending(code: int) -> str:
    return f"killed by signal {-code}" if code < 0 else f"exited with {code}"
