"""What a bench is, and what it reports."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.machine import machine, versions


class CannotRun(Exception):
    """A bench cannot run here; the text says what is missing and how to get it."""


@dataclass(frozen=True)
class Task:
    """What a bench is asked to do. `data`: a folder to measure on instead of the bench's own. For suites: `only` these ids
    (or beginnings of ids), `verbose` with what was said, in so many `workers`; with these `models` (of T2: none being all; of
    T10: beside drafting without one)."""

    data: Path | None = None
    only: tuple[str, ...] = ()
    verbose: bool = False
    workers: int = 1
    models: tuple[str, ...] = ()

    def command(self, identity: str) -> str:
        """How to run it again; the folder of the data goes unnamed."""
        said = [*(f"--only {one}" for one in self.only), *(f"--model {one}" for one in self.models)]
        return " ".join(["python -m bench", identity, *(["--data DIR"] if self.data else []), *said])

    def say(self, text: str) -> None:
        """Progress, for the person who waits."""
        print(text, file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Outcome:
    """What was measured. `exposure` says what the method had seen of this data; `data` describes it."""

    figures: Mapping[str, float]
    anchors: Mapping[str, Any] = field(default_factory=dict)
    exposure: str = "no data set: the load is generated"
    data: Mapping[str, Any] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)
    """For the JSON only: tables and single failures."""


@dataclass(frozen=True)
class Bench:
    """One row of the table of bars.

    `bar` names figures with `_min` or `_max` behind them: `ratio_min: 3.0` is met when figure `ratio` is at least 3.
    """

    id: str
    title: str
    bar: Mapping[str, float]
    run: Callable[[Task], Outcome]
    takes_data: bool = False
    about: str = ""
    """What a reader of the table has to know: what was counted and what was not."""


def met(figures: Mapping[str, float], bar: Mapping[str, float]) -> bool:
    """Whether every bar is reached. Raises KeyError for a bar on a figure that was not measured."""
    return all(reached(figures, name, limit) for name, limit in bar.items())


def reached(figures: Mapping[str, float], name: str, limit: float) -> bool:
    """Whether one bar is reached."""
    figure, _, kind = name.rpartition("_")
    match kind:
        case "min":
            return figures[figure] >= limit
        case "max":
            return figures[figure] <= limit
        case _:
            raise ValueError(f"a bar ends in _min or _max: {name!r}")


def measure(bench: Bench, task: Task) -> dict[str, Any]:
    """Run a bench; returns its report. Raises `CannotRun`."""
    if task.data is not None and not bench.takes_data:
        raise CannotRun(f"{bench.id} makes its own load and takes no --data")
    outcome = bench.run(task)
    return {
        "id": bench.id,
        "command": task.command(bench.id),
        "figures": {name: _plain(value) for name, value in outcome.figures.items()},
        "bar": dict(bench.bar),
        "met": met(outcome.figures, bench.bar),
        "anchors": dict(outcome.anchors),
        "exposure": outcome.exposure,
        "data": dict(outcome.data),
        **({"details": dict(outcome.details)} if outcome.details else {}),
        "machine": machine() | {"date": dt.datetime.now(dt.UTC).isoformat(timespec="seconds")},
        "versions": versions(),
    }


def _plain(value: float) -> float:
    """Four significant digits: more would pretend."""
    return float(f"{value:.4g}")
