"""The MCP server of `mcp_server.py`, running: over HTTP for whoever asks, and as a command line for its standard streams."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from tests.servers.processes import HOST, Program, free_port, listens, own_folder
from tests.servers.shared import shared

SERVER = Path(__file__).with_name("mcp_server.py")


@dataclass(frozen=True)
class Ledger:
    """`url` speaks HTTP; `command()` is a program that speaks over its streams, about the same file."""

    url: str
    file: Path

    def command(self) -> list[str]:
        return [sys.executable, str(SERVER), "stdio", str(self.file)]

    def lines(self) -> list[str]:
        return self.file.read_text().splitlines()


@contextmanager
def run_ledger(*, changed: bool = False) -> Iterator[Ledger]:
    """Start the server that speaks HTTP; `changed`: with a tool that is another than it was."""
    with own_folder("mcp") as folder:
        port = free_port()
        file = folder / "ledger.txt"
        file.touch()
        daemon = Program(
            [sys.executable, str(SERVER), "http", str(file), str(port), *(["changed"] if changed else [])],
            log=folder / "log",
        )
        daemon.start(lambda: listens(port))
        try:
            yield Ledger(f"http://{HOST}:{port}/mcp", file)
        finally:
            daemon.stop()


def fresh_ledger() -> Ledger:
    """The server that this process shares, with two lines in its file."""
    ledger = shared("mcp", run_ledger)
    ledger.file.write_text("one\ntwo\n")
    return ledger


def changed_ledger() -> Ledger:
    """The same with a tool that has changed."""
    return shared("mcp-changed", partial(run_ledger, changed=True))


@pytest.fixture
def ledger() -> Ledger:
    """An MCP server about a file with two lines."""
    return fresh_ledger()
