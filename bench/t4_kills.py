"""T4: `kill -9` inside and after every step of every runbook that ships, and at every effect, on both databases."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bench.kill_playing import Job, Played, opening
from bench.kill_scenes import scenes
from bench.report import Bench, CannotRun, Outcome, Task
from bench.suite_workers import play_in
from tickless.app.shipped import shipped
from tickless.sample.company import make_company

DATABASES: Final = ("sqlite", "postgresql")
WORKERS: Final = 3
"""Lives wait a good deal, so that three companies keep two cores busy."""
PATIENCE: Final = 1_800.0


def run(task: Task) -> Outcome:
    """`--only` takes a RUNBOOK, `sqlite`, `kills=0` (a rehearsal)."""
    jobs, played = list(_jobs(_given(task.only))), list[Played]()
    if not jobs:
        raise CannotRun("there is no such runbook")
    begun = time.monotonic()
    for one in play_in(opening, jobs, workers=task.workers if task.workers > 1 else WORKERS, patience=PATIENCE):
        played.append(one)
        begin = f"{len(played)} of {len(jobs)} ({time.monotonic() - begun:.0f} s): {one.scene} on {one.database}: "
        task.say("; ".join([f"{begin}{one.kills} kills, {one.effects} effects, {one.seconds:.0f} s", *one.problems]))
    return _outcome(sorted(played, key=lambda one: (one.scene, one.database)))


def _jobs(given: _Given) -> Iterator[Job]:
    for scene in scenes(make_company()):
        if not given.runbooks or scene.runbook in given.runbooks:
            yield from (Job(scene, database, given.kills) for database in given.databases)


def _outcome(played: list[Played]) -> Outcome:
    books = [path for path in shipped("runbooks").rglob("*.yaml") if path.parent != shipped("runbooks")]
    points = sum((one.points for one in played), Counter[str]())
    figures = {
        "problems": float(sum(len(one.problems) for one in played)),
        "kills": float(sum(one.kills for one in played)),
        "effects": float(sum(one.effects for one in played)),
        "runbooks": float(len({one.scene for one in played})),
        "runbooks_shipped": float(len(books)),
        "databases": float(len({one.database for one in played})),
        **{f"killed_{kind}": float(count) for kind, count in sorted(points.items())},
    }
    return Outcome(
        figures, data={"scenes": len(played)},
        details={"played": [{"scene": one.scene, "database": one.database, "kills": one.kills, "effects": one.effects,
                             "seconds": round(one.seconds, 1), "problems": one.problems} for one in played]},
    )  # fmt: skip


@dataclass(frozen=True)
class _Given:
    databases: tuple[str, ...]
    runbooks: tuple[str, ...]
    kills: int


def _given(only: tuple[str, ...]) -> _Given:
    databases = tuple(one for one in only if one in DATABASES) or DATABASES
    numbers = dict(one.split("=", 1) for one in only if "=" in one)
    books = tuple(one for one in only if "=" not in one and one not in DATABASES)
    return _Given(databases, books, int(numbers.get("kills", 10_000)))


BENCH = Bench(
    id="T4",
    title="kill -9 at every step of every runbook",
    bar={"problems_max": 0},
    run=run,
    about=(
        "Every runbook that ships, in the sample company (load balancer, name server and database are real, a cluster's and "
        "a forge's API are played), on SQLite and on PostgreSQL: the process is killed "
        "inside and after each step, before and after each effect, after each message to a waiting run and after "
        "each stored signal, and started again each time, until a life comes through. A problem is a case that "
        "does not end as it should, a run lost or doubled, an effect done twice, a sentence said twice, or "
        "anything that the house's own examination finds."
    ),
)
