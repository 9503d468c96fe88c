"""Servers that are measured: child processes in groups of their own, which end with the block that started them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from bench.report import CannotRun

PATIENCE = 180.0


@contextmanager
def child(
    command: Sequence[str], *, log: Path, env: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command for as long as the block lasts; its output goes to `log`."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, start_new_session=True, env=env
        )
        try:
            yield process
        finally:
            end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask it to stop, and make it."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL for the whole group, at once."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def free_port() -> int:
    """A TCP port on loopback that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(url: str, process: subprocess.Popen[bytes], *, log: Path) -> float:
    """Wait for a 200; returns the moment on the monotonic clock. Raises `CannotRun` with the end of its log."""
    limit = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < limit:
        try:
            with urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return time.monotonic()
        except (URLError, OSError):
            time.sleep(0.01)
    raise CannotRun(f"{' '.join(map(str, process.args))} did not get ready: {log.read_text(errors='replace')[-1_500:]}")  # type: ignore[arg-type]


def tickless(*arguments: str) -> list[str]:
    """The command line of this checkout's own `tickless`."""
    return [sys.executable, "-c", "from tickless.app.main import main; main()", *arguments]
