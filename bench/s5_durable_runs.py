"""S5: what a durable step costs, how soon a decision becomes a step, and how soon a killed house goes on."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.measuring import percentile
from bench.postgres import postgres
from bench.processes import child, kill
from bench.report import Bench, CannotRun, Outcome, Task
from bench.unlocking import sample_house, unlock_accounts

ROUNDS = 5
CASES = 15
PATIENCE = 30.0


def run(task: Task) -> Outcome:
    """Steps on both databases, beside bare DBOS; then dispatch; then the kill."""
    with postgres() as server:
        figures = {
            "step_sqlite_p50_ms": _steps(task, "house", None),
            "step_postgresql_p50_ms": _steps(task, "house", server),
        }
        anchors = {
            "bare DBOS, SQLite, p50 ms": round(_steps(task, "bare", None), 2),
            "bare DBOS, PostgreSQL, p50 ms": round(_steps(task, "bare", server), 2),
            "StackStorm": "4 s on a 1 s job",
        }
    with sample_house() as sample:
        waits = [one.dispatch * 1_000 for one in unlock_accounts(task, sample, CASES + 1)[1:]]
    figures["dispatch_p50_ms"] = percentile(waits, 0.50)
    resumes = [_resume(task) for _ in range(ROUNDS)]
    figures |= {"resume_seconds": percentile(resumes, 0.50), "resume_worst_seconds": max(resumes)}
    return Outcome(figures, anchors=anchors, data={"steps": "10 runs of 20", "cases": CASES, "kills": ROUNDS})


def _steps(task: Task, kind: str, url: str | None) -> float:
    """The median milliseconds from one step to the next, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        where = [url] if url else []
        command = [sys.executable, "-m", "bench.steps", kind, folder, *where]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        raise CannotRun(f"the steps did not run: {done.stderr[-1_500:]}")
    found = percentile(json.loads(done.stdout.splitlines()[-1]), 0.50)
    task.say(f"  {kind} on {'PostgreSQL' if url else 'SQLite'}: {found:.2f} ms a step")
    return found


def _resume(task: Task) -> float:
    """Seconds from the start of the second process to the next step of the run that the first one was killed in."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        trace, log = folder / "trace", folder / "log"
        command = [sys.executable, "-m", "bench.survivor", str(folder / "data"), str(trace)]
        with child(command, log=log) as process:
            _grow(trace, 5, log)
            kill(process)
        reached = len(_lines(trace))
        begun = time.time()
        with child(command, log=log):
            _grow(trace, reached + 1, log)
        number, _, at = _lines(trace)[reached].partition(" ")
        if int(number) < reached - 1:
            raise CannotRun(f"it began again at step {number} after {reached} steps were done")
    task.say(f"  killed after {reached} steps, went on after {float(at) - begun:.2f} s")
    return float(at) - begun


def _grow(trace: Path, lines: int, log: Path) -> None:
    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit:
        if len(_lines(trace)) >= lines:
            return
        time.sleep(0.02)
    raise CannotRun(f"the run did not go on: {log.read_text(errors='replace')[-1_500:]}")


def _lines(trace: Path) -> list[str]:
    """Whole lines only."""
    return trace.read_text(encoding="ascii").split("\n")[:-1] if trace.exists() else []


BENCH = Bench(
    id="S5",
    title="durable runs",
    bar={
        "step_sqlite_p50_ms_max": 10.0,
        "step_postgresql_p50_ms_max": 20.0,
        "dispatch_p50_ms_max": 300.0,
        "resume_seconds_max": 5.0,
    },
    run=run,
    about=(
        "A step: from one step of a runbook to the next, with its checkpoint and its receipt and without an effect; every "
        "commit on the disk (SQLite WAL and synchronous=FULL; PostgreSQL as initdb sets it up, on the same machine). Bare "
        "DBOS: empty steps with its own settings. Dispatch: from the decision to act to the first step's beginning, in the "
        "sample company. Resume: from the start of a new process, after `kill -9` of the one before, to the next step of the "
        "run (SQLite)."
    ),
)
