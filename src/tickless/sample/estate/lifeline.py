"""No process of the estate outlives the one that started it, whatever becomes of either."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def hold_on_to_parent(at_end: Callable[[], None]) -> None:
    """Call `at_end` when the parent is gone: standard input is a pipe that only the parent holds open.

    Needs a running event loop. For processes that may be stopped and can't watch, see `die_with_parent`.
    """

    def readable() -> None:
        if not os.read(0, 1):
            at_end()

    os.set_blocking(0, False)
    asyncio.get_running_loop().add_reader(0, readable)


def die_with_parent() -> None:
    """Ask the kernel to kill this process when its parent's main thread ends (Linux; elsewhere the pipe does it)."""
    if sys.platform == "linux":
        parent = os.getppid()
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)


def end() -> None:
    """Leave at once, without clean-up: everything that matters is on disk already."""
    os._exit(0)
