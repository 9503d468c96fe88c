"""T4: `kill -9` inside and after every step of every runbook that ships, and at every effect, on both databases."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from bench.kill_scenes import Scene, begin, scenes
from bench.postgres import postgres
from bench.report import Bench, CannotRun, Outcome, Task
from tickless.app.shipped import shipped
from tickless.sample.company import Company, make_company
from tickless.sample.estate.control import Estate

SERVER: Final = Path(__file__).parents[1] / "tests" / "chaos" / "server.py"
"""A house that dies by its own hand, life after life, at every point that it has not died at yet."""
EVERY_KIND: Final = ["stored", "sent", "inside", "before", "effect", "after"]
LIVES: Final = 240
SECONDS: Final = 900.0
DATABASES: Final = ("sqlite", "postgresql")


@dataclass
class Played:
    """What came of one scene on one database. `problems`: what is not as it must be."""

    scene: str
    database: str
    kills: int = 0
    effects: int = 0
    seconds: float = 0.0
    points: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


def run(task: Task) -> Outcome:
    """`--only` takes a RUNBOOK, `sqlite`, `minutes=20` (no further scene is begun then), `kills=0` (a rehearsal)."""
    given = _given(task.only)
    played: list[Played] = []
    company = make_company()
    end = time.monotonic() + given.minutes * 60
    with tempfile.TemporaryDirectory(prefix="tickless-t4-") as place, _estate(company, Path(place)) as estate:
        for database in given.databases:
            for scene in scenes(company):
                if (given.runbooks and scene.runbook not in given.runbooks) or time.monotonic() > end:
                    continue
                one = _play(scene, database, estate, Path(place), kills=given.kills)
                played.append(one)
                task.say(f"{one.scene} on {one.database}: {one.kills} kills, {one.effects} effects, {one.seconds:.0f} s"
                         f"{'; ' + '; '.join(one.problems) if one.problems else ''}")  # fmt: skip
    if not played:
        raise CannotRun("there is no such runbook")
    return _outcome(played)


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
    minutes: float
    kills: int


def _given(only: tuple[str, ...]) -> _Given:
    databases = tuple(one for one in only if one in DATABASES) or DATABASES
    numbers = dict(one.split("=", 1) for one in only if "=" in one)
    books = tuple(one for one in only if "=" not in one and one not in DATABASES)
    return _Given(databases, books, float(numbers.get("minutes", 600)), int(numbers.get("kills", 10_000)))


@contextmanager
def _estate(company: Company, place: Path) -> Iterator[Estate]:
    with Estate.start(company, place / "estate", interval=0.3) as estate:
        yield estate


@contextmanager
def _database(name: str) -> Iterator[str | None]:
    if name == "sqlite":
        yield None
        return
    with postgres() as url:
        yield url


def _play(scene: Scene, database: str, estate: Estate, place: Path, *, kills: int) -> Played:
    estate.reset()
    estate.forget_effects()
    found = Played(scene.runbook, database)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(dir=place) as folder, _database(database) as url:
        where = Path(folder)
        begin(scene, estate)
        plan = {
            "estate": str(estate.blueprint.folder), "data": str(where / "data"), "database": url, "role": "all",
            "kinds": EVERY_KIND, "deaths": kills, "signal": "SIGKILL", "lives": LIVES, "folder": folder,
            "alerts": scene.alerts, "says": list(scene.says), "cases": 1, "dead_after": 1.0, **scene.more,
        }  # fmt: skip
        (where / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
        code = _lives(where)
        found.seconds = time.monotonic() - begun
        _judge(found, scene, where, estate, code)
    return found


def _lives(folder: Path) -> int:
    """The exit code; -1: it did not end in time."""
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([sys.executable, str(SERVER), str(folder / "plan.json")], stdout=log, stderr=log,
                                   start_new_session=True)  # fmt: skip
        try:
            return process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            return -1
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)


def _judge(found: Played, scene: Scene, folder: Path, estate: Estate, code: int) -> None:
    """Nothing lost, every effect once, nothing left over, everybody told once."""
    points = [json.loads(line) for line in _read(folder / "points").splitlines()]
    found.kills, found.points = len(points), Counter(str(point[0]) for point in points)
    effects = estate.effects()
    found.effects = len(effects)
    if code != 0:
        found.problems.append(f"it did not come to its end (code {code}): {_read(folder / 'log')[-300:]}")
        return
    result: dict[str, Any] = json.loads(_read(folder / "result"))
    keys = Counter((one.key, one.operation, one.target) for one in effects)
    found.problems += [f"done {count} times: {key[1]} {key[2]}" for key, count in keys.items() if count > 1]
    found.problems += [f"the house is not well: {check}" for check in result["doctor"]]
    found.problems += [f"still pending: {one}" for one in result["pending"]]
    said = Counter(tuple(one) for one in result["messages"])
    found.problems += [f"said {count} times: {line[2][:60]}" for line, count in said.items() if count > 1]
    if result["audit"].count("act.begin") > len(keys) + scene.unseen:
        found.problems.append(f"{result['audit'].count('act.begin')} effects began, {len(keys)} were seen")
    ran = [state for book, state in result["runs"] if book == scene.runbook]
    if ran != ["done"]:
        found.problems.append(f"its runs: {ran or 'none'}; cases {result['cases']}")
    wanted = [
        list(one) for one in result["cases"] if one[1] not in {"resolved", "handed_off"} or one[2] not in scene.outcomes
    ]
    found.problems += [f"case {one[0]} is {one[1]}: {one[2]}" for one in wanted]


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


BENCH = Bench(
    id="T4",
    title="kill -9 at every step of every runbook",
    bar={"problems_max": 0},
    run=run,
    about=(
        "Every runbook that ships, in the sample company, on SQLite and on PostgreSQL: the process is killed "
        "inside and after each step, before and after each effect, after each message to a waiting run and after "
        "each stored signal, and started again each time, until a life comes through. A problem is a case that "
        "does not end as it should, a run lost or doubled, an effect done twice, a sentence said twice, or "
        "anything that the house's own examination finds."
    ),
)
