"""S7: from process start to ready, and what an idle process costs."""

from __future__ import annotations

import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.measuring import cpu_seconds, resident_mb
from bench.processes import child, free_port, tickless, wait_until_ready
from bench.report import Bench, Outcome, Task

STARTS = 5
IDLE = 10.0
SETTLE = 2.0
"""Seconds between ready and idle."""


@dataclass(frozen=True)
class Start:
    """One start: seconds on the clock and of CPU until ready, and what it cost idle where that was measured."""

    ready: float
    cpu: float
    rss_mb: float = 0.0
    idle_cpu: float = 0.0


def run(task: Task) -> Outcome:
    """First starts, each in an empty folder, and later starts in the same folder; the last ones are watched idle."""
    with tempfile.TemporaryDirectory() as folder:
        _start(Path(folder, "warm"), idle=False)  # byte-code is compiled, files are in the page cache
        first = [_start(Path(folder, f"data{n}"), idle=False) for n in range(STARTS)]
        task.say(f"  first starts: {[round(one.ready, 2) for one in first]} s")
        again = [_start(Path(folder, "data0"), idle=True) for _ in range(STARTS)]
        task.say(f"  later starts: {[round(one.ready, 2) for one in again]} s")
    figures = {
        "first_start_seconds": statistics.median(one.ready for one in first),
        "start_seconds": statistics.median(one.ready for one in again),
        "start_cpu_seconds": statistics.median(one.cpu for one in again),
        "idle_rss_mb": statistics.median(one.rss_mb for one in again),
        "idle_core_share": statistics.median(one.idle_cpu for one in again),
    }
    return Outcome(figures, anchors={"Keep": "2 containers", "Dispatch": "3 containers"}, data={"starts": STARTS})


def _start(data: Path, *, idle: bool) -> Start:
    port, log = free_port(), data.with_suffix(".log")
    begun = time.monotonic()
    with child(tickless("--data", str(data), "serve", "--port", str(port)), log=log) as process:
        ready = wait_until_ready(f"http://127.0.0.1:{port}/readyz", process, log=log) - begun
        cpu = cpu_seconds(process.pid)
        if not idle:
            return Start(ready, cpu)
        time.sleep(SETTLE)
        before = cpu_seconds(process.pid)
        time.sleep(IDLE)
        return Start(ready, cpu, resident_mb(process.pid), (cpu_seconds(process.pid) - before) / IDLE)


BENCH = Bench(
    id="S7",
    title="cold start to ready, and the idle process",
    bar={"first_start_seconds_max": 4.0, "start_seconds_max": 4.0, "idle_rss_mb_max": 350, "idle_core_share_max": 0.10},
    run=run,
    about=(
        "`tickless serve` with default settings on SQLite, one process: from its start until `/readyz` answers 200, byte-code "
        "compiled. A first start also makes the schema. Idle: 10 s with nobody asking."
    ),
)
