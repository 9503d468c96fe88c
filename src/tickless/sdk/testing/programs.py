"""Real servers for a contract case: started in their own process group, waited for, and gone afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tickless.sdk.testing.cases import MissingServer

START_SECONDS = 30.0


def find_program(*names: str, package: str) -> str:
    """The path of the first of these programs. Raises `MissingServer`, which the suite knows how to take."""
    for name in names:
        for folder in (None, "/usr/sbin", "/usr/local/sbin"):
            found = shutil.which(name, path=folder)
            if found:
                return found
    raise MissingServer(names[0], package=package)


@contextmanager
def running(arguments: Sequence[str], *, folder: Path, ready: Callable[[], bool]) -> Iterator[int]:
    """Run a program until the block ends, in `folder`; its output goes to `output.log` there. Yields the process id.

    `ready` is asked until it says yes. Raises RuntimeError with the end of the output if the program ends before that.
    """
    log = folder / "output.log"
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - a test's own program
            list(arguments), cwd=folder, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        _wait(process, ready, log)
        yield process.pid
    finally:
        _end(process)


def _wait(process: subprocess.Popen[bytes], ready: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            end = log.read_text(encoding="utf-8", errors="replace")[-2_000:]
            raise RuntimeError(f"{process.args!r} did not come up:\n{end}")
        time.sleep(0.05)


def _end(process: subprocess.Popen[bytes]) -> None:
    for how in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, how)
        except ProcessLookupError:
            break
        try:
            process.wait(timeout=5)
            break
        except subprocess.TimeoutExpired:
            continue
    process.wait()
