"""Finds the benches: every file `s1_….py`, `q4_….py`, `t2_….py` beside this one."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

from bench.report import Bench, CannotRun

_NAME = re.compile(r"([sqt]\d+)_[a-z0-9_]+")


def find_benches() -> dict[str, Path]:
    """Id → file, in the order of the table of bars."""
    found = {
        matched[1].upper(): path
        for path in Path(__file__).parent.glob("*.py")
        if (matched := _NAME.fullmatch(path.stem))
    }
    return dict(sorted(found.items(), key=lambda pair: ("SQT".index(pair[0][0]), int(pair[0][1:]))))


def load_bench(identity: str) -> Bench:
    """The bench of that id, in either case. Raises `CannotRun` for one that there is not."""
    found = find_benches()
    path = found.get(identity.upper())
    if path is None:
        raise CannotRun(f"there is no bench {identity!r}; there are: {', '.join(found)}")
    bench = importlib.import_module(f"bench.{path.stem}").BENCH
    if not isinstance(bench, Bench) or bench.id != identity.upper():
        raise CannotRun(f"{path.name} holds no bench called {identity.upper()}")
    return bench
