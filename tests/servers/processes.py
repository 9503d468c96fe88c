"""Starting and stopping real programs: own process group, own folder, a free loopback port, a log to read."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.waiting import until

HOST = "127.0.0.1"


class NotStarted(AssertionError):
    """A real server did not come up: says which, and shows the end of its log."""


def free_port() -> int:
    """A loopback port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    """Whether somebody accepts connections on this loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


@contextmanager
def own_folder(name: str) -> Iterator[Path]:
    """A folder directly below the system's temporary folder (short: sockets live in it), removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=f"tickless-{name}-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def program(*names: str) -> str | None:
    """The absolute path of the first of these programs; administrators' folders are searched too."""
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin", "/usr/local/sbin"])
    return next((found for name in names if (found := shutil.which(name, path=path))), None)


class Program:
    """One running program with its children in a process group of their own."""

    def __init__(
        self, argv: Sequence[str], *, log: Path, cwd: Path | None = None, env: Mapping[str, str] | None = None
    ) -> None:
        self.argv = list(argv)
        self.log = log
        self._cwd = cwd
        self._env = {**os.environ, **(env or {})}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, ready: Callable[[], object]) -> None:
        """Start, and wait until it is ready. Raises `NotStarted` with the end of the log."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._cwd,
                env=self._env,
                start_new_session=True,
            )
        try:
            until(lambda: not self.running or ready(), what=f"{self.argv[0]} to be ready")
            if not self.running:
                raise NotStarted(f"{self.argv[0]} ended with {self._process.returncode}")
        except AssertionError as error:
            self.stop()
            raise NotStarted(f"{error}\n{self.tail()}") from None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        assert self._process is not None, "the program was never started"
        return self._process.pid

    def tail(self, size: int = 4_000) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-size:] if self.log.exists() else ""

    def kill(self) -> None:
        """SIGKILL to the whole group, as when a machine dies."""
        self._signal_group(signal.SIGKILL)

    def stop(self, *, seconds: float = 10) -> None:
        """Ask the group to end; kill what is left after `seconds`."""
        self._signal_group(signal.SIGTERM, seconds=seconds)
        self._signal_group(signal.SIGKILL)

    def _signal_group(self, number: signal.Signals, *, seconds: float = 10) -> None:
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
