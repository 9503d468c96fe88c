"""Plays one scene of T4 after the other: a company, a database server and a house that dies, for each worker its own."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from bench.kill_scenes import Scene, begin
from bench.kill_systems import System
from bench.postgres import postgres
from bench.report import CannotRun
from tickless.app.shipped import shipped
from tickless.sample.company import make_company
from tickless.sample.estate.control import Estate

SERVER: Final = Path(__file__).parents[1] / "tests" / "chaos" / "server.py"
"""A house that dies by its own hand, life after life, at every point that it has not died at yet."""
EVERY_KIND: Final = ["stored", "sent", "inside", "before", "effect", "after"]
LIVES: Final = 240
SHORTER: Final = {"database/end-idle-transactions.yaml": ("seconds: 600", "seconds: 1")}
"""Nobody waits ten minutes for a transaction to stand open for ten minutes."""


@dataclass(frozen=True)
class Job:
    """One scene on one database; `kills`: at most so many."""

    scene: Scene
    database: str
    kills: int


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


@contextmanager
def opening() -> Iterator[Killer]:
    """A company and a program of lives; both end with the block, and with them the database server, if there was one."""
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tickless-t4-")))
        shutil.copytree(shipped("runbooks"), place / "runbooks")
        for name, (word, shorter) in SHORTER.items():
            file = place / "runbooks" / name
            file.write_text(file.read_text(encoding="utf-8").replace(word, shorter), encoding="utf-8")
        estate = stack.enter_context(Estate.start(make_company(), place / "estate", interval=0.3))
        yield Killer(place, estate, stack.enter_context(_lives()), stack)


@contextmanager
def _lives() -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([sys.executable, str(SERVER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                               start_new_session=True)  # fmt: skip
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


class Killer:
    """Plays jobs in this company."""

    def __init__(self, place: Path, estate: Estate, lives: subprocess.Popen[str], stack: ExitStack) -> None:
        self._place = place
        self._estate = estate
        self._lives = lives
        self._stack = stack
        self._numbers = itertools.count()
        self._server = ""

    def play(self, entry: Job) -> Played:
        """Raises `CannotRun` where a server is missing."""
        scene, began = entry.scene, time.monotonic()
        self._estate.reset()
        self._estate.forget_effects()
        folder = self._place / f"scene-{next(self._numbers)}"
        folder.mkdir()
        with scene.system() if scene.system else nullcontext() as system:
            begin(scene, self._estate)
            plan = self._plan(entry, folder, system)
            code = self._ask(folder, plan)
            found = Played(scene.runbook, entry.database, seconds=time.monotonic() - began)
            _judge(found, folder, self._estate, system)
            if code == 0:
                _heard(found, scene, json.loads(_read(folder / "result")))
            else:
                found.problems.append(f"it did not come to its end (code {code}): {_read(folder / 'log')[-300:]}")
        return found

    def _plan(self, job: Job, folder: Path, system: System | None) -> dict[str, Any]:
        scene = job.scene
        return {
            "estate": str(self._estate.blueprint.folder), "data": str(folder / "data"), "database": self._url(job.database),
            "role": "all", "kinds": EVERY_KIND, "deaths": job.kills, "signal": "SIGKILL", "lives": LIVES,
            "folder": str(folder), "alerts": scene.alerts, "fires": scene.alert(), "says": list(scene.says), "cases": 1,
            "dead_after": 1.0, "runbooks": str(self._place / "runbooks"), **(system.plan() if system else {}), **scene.more,
        }  # fmt: skip

    def _url(self, database: str) -> str | None:
        """An empty database of its own; None: files in the data folder."""
        if database == "sqlite":
            return None
        import psycopg

        self._server = self._server or self._stack.enter_context(postgres())
        name = f"t4_{next(self._numbers)}"
        with psycopg.connect(self._server.replace("+psycopg", ""), autocommit=True) as server:
            server.execute(f"create database {name}")
        return f"{self._server.rpartition('/')[0]}/{name}"

    def _ask(self, folder: Path, plan: dict[str, Any]) -> int:
        (folder / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
        told, said = _pipe(self._lives.stdin), _pipe(self._lives.stdout)
        told.write(f"{folder / 'plan.json'}\n")
        told.flush()
        answer = said.readline().strip()
        if not answer:
            raise CannotRun("the program of lives is gone")
        return int(answer)


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None, "it was opened with pipes"
    return pipe


def _judge(found: Played, folder: Path, estate: Estate, system: System | None) -> None:
    """Every effect once; then what the house itself says."""
    points = [json.loads(line) for line in _read(folder / "points").splitlines()]
    found.kills, found.points = len(points), Counter(str(point[0]) for point in points)
    effects = estate.effects()
    changed = system.changed() if system else 0
    found.effects = len(effects) + changed
    deeds = Counter((one.operation, one.target) for one in effects)
    found.problems += [f"done {count} times: {' '.join(deed)}" for deed, count in deeds.items() if count > 1]
    if system and (changed != 1 or not system.so()):
        found.problems.append(
            f"changed {changed} times, and it is {'as it should be' if system.so() else 'not mended'}"
        )


def _heard(found: Played, scene: Scene, result: Mapping[str, Any]) -> None:
    """Nothing lost, nothing left over, everybody told once, by what the last life examined."""
    found.problems += [f"the house is not well: {check}" for check in result["doctor"]]
    found.problems += [f"still pending: {one}" for one in result["pending"]]
    said = Counter(tuple(one) for one in result["messages"])
    found.problems += [f"said {count} times: {line[2][:60]}" for line, count in said.items() if count > 1]
    if result["audit"].count("act.begin") > found.effects + scene.unseen:
        found.problems.append(f"{result['audit'].count('act.begin')} effects began, {found.effects} were seen")
    ran = [state for book, state in result["runs"] if book == scene.runbook]
    if ran != ["done"]:
        found.problems.append(f"its runs: {ran or 'none'}; cases {result['cases']}")
    wanted = [
        list(one) for one in result["cases"] if one[1] not in {"resolved", "handed_off"} or one[2] not in scene.outcomes
    ]
    found.problems += [f"case {one[0]} is {one[1]}: {one[2]}" for one in wanted]


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
