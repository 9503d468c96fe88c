"""How the C library hands out memory, where it lets itself be told."""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress
from typing import Final

_M_ARENA_MAX: Final = -8
"""`mallopt(3)`, glibc."""
ARENAS: Final = 2


def keep_few_arenas() -> bool:
    """Let threads share two arenas of glibc instead of having one each. True if that holds now.

    One large body that is unpacked in each of some threads leaves free pages in as many arenas, which only these threads use
    again: the process grows, though nothing is kept. An operator's own `MALLOC_ARENA_MAX` counts before this. Elsewhere than
    on glibc nothing happens.
    """
    if not sys.platform.startswith("linux") or "MALLOC_ARENA_MAX" in os.environ:
        return False
    with suppress(OSError, AttributeError):
        return bool(ctypes.CDLL(None).mallopt(_M_ARENA_MAX, ARENAS))
    return False
