"""Waiting for what other threads and processes do. One limit for all: it costs nothing where things come about."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
PATIENCE = 240.0
"""Seconds after which something is held to be stuck. Generous: a slow machine shared by twenty real servers is not a fault."""


class WaitedInVain(AssertionError):
    """What was waited for did not come about; tells what it was and what was seen last."""


def until(
    look: Callable[[], T], what: str | Callable[[], str] = "", *, every: float = 0.05, patience: float = PATIENCE
) -> T:
    """Look every `every` seconds until there is something true, and return it.

    `what` names it, or tells how things stand when it did not come about. Raises `WaitedInVain`.
    """
    end = time.monotonic() + patience
    while not (seen := look()):
        if time.monotonic() > end:
            told = what if isinstance(what, str) else what()
            raise WaitedInVain(f"still {seen!r} after {patience:.0f} s: {told}".removesuffix(": "))
        time.sleep(every)
    return seen
