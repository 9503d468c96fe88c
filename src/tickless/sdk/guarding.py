"""Libraries that connect by themselves, where nobody can ask first: while one is at work, each look-up of a host is checked.

The check is an audit hook of Python's (PEP 578, event `socket.getaddrinfo`), installed when it is first needed; it costs the
rest of the process one comparison an event.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from tickless.sdk.egress import reach, reach_named

_named: ContextVar[frozenset[str] | None] = ContextVar("tickless_named_hosts", default=None)


@contextmanager
def only_named(hosts: Collection[str]) -> Iterator[None]:
    """In this thread, the block looks up these hosts (unless the operator denies them) and those that the instance may call.

    Any other look-up raises `Forbidden`, from inside the library.
    """
    _install()
    token = _named.set(frozenset(host.lower().rstrip(".") for host in hosts))
    try:
        yield
    finally:
        _named.reset(token)


@lru_cache(maxsize=1)
def _install() -> None:
    sys.addaudithook(_look)


def _look(event: str, arguments: tuple[Any, ...]) -> None:
    if event != "socket.getaddrinfo" or (named := _named.get()) is None:
        return
    host, port = arguments[0], arguments[1]
    name = host.decode("idna") if isinstance(host, bytes) else str(host or "localhost")
    number = port if isinstance(port, int) else int(port) if isinstance(port, str) and port.isdigit() else 0
    if name.lower().rstrip(".") in named:
        reach_named(name, number)
    else:
        reach(name, number)
