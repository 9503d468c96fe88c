"""A server that takes connections and never says a word, for tests of time-outs."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from tests.servers.processes import HOST


@contextmanager
def silent_port() -> Iterator[int]:
    """A loopback port that accepts (the kernel does) and stays silent."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen(16)
        yield int(listener.getsockname()[1])
