"""One running server of a kind per process, for every test that asks, whether by fixture or by contract case."""

from __future__ import annotations

import atexit
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from typing import Any, TypeVar

T = TypeVar("T")
_running: dict[str, Any] = {}
_stack = ExitStack()


def shared(name: str, run: Callable[[], AbstractContextManager[T]]) -> T:
    """The server called `name`, started by `run` the first time."""
    if name not in _running:
        _running[name] = _stack.enter_context(run())
    found: T = _running[name]
    return found


def stop_shared() -> None:
    """Stop them all, the last one started first. Called at the end of the test run and of the process."""
    _running.clear()
    _stack.close()


atexit.register(stop_shared)
