"""S1: alerts accepted over HTTP, beside Debian's Alertmanager, per core-second of the server alone."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.alerts import BATCH
from bench.measuring import cpu_seconds, resident_mb
from bench.processes import child, free_port, tickless, wait_until_ready
from bench.report import Bench, CannotRun, Outcome, Task
from bench.sender import CONNECTIONS

ROUNDS = 5
POSTS = {"repeated": 800, "distinct": 320}
"""Per round: about a second of the slower server's work."""
WARM_UP = 60
SETTLE = 1.0
"""Seconds for work that a server does after it has answered: it counts."""
PATH = "/api/v2/alerts"
SETTINGS = '[connectors.alertmanager]\nuse = "alertmanager"\n'
ALERTMANAGER = "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n"


@dataclass(frozen=True)
class Server:
    """A server under load. `stored`: how many alerts it holds durably; None where it keeps them in memory."""

    pid: int
    port: int
    token: str
    stored: Callable[[], int] | None


def run(task: Task) -> Outcome:
    """Rounds of both servers in turn; medians of the rates, and of the ratios round by round."""
    binary = shutil.which("prometheus-alertmanager")
    if binary is None:
        raise CannotRun("S1 measures beside Alertmanager: install Debian's package prometheus-alertmanager")
    figures: dict[str, float] = {}
    anchors: dict[str, object] = {"peer": _peer_version(binary)}
    for load in POSTS:
        with (
            tempfile.TemporaryDirectory() as folder,
            _ours(Path(folder)) as ours,
            _theirs(Path(folder), binary) as theirs,
        ):
            rates = [_round(task, load, turn, both=(ours, theirs)) for turn in range(ROUNDS + 1)][1:]
            figures[f"{load}_ratio"] = statistics.median(own / peer for own, peer in rates)
            figures[f"{load}_per_core_second"] = statistics.median(own for own, _ in rates)
            figures[f"{load}_rss_mb"] = resident_mb(ours.pid)
            anchors[f"alertmanager_{load}_per_core_second"] = round(statistics.median(peer for _, peer in rates))
            anchors[f"alertmanager_{load}_rss_mb"] = round(resident_mb(theirs.pid))
    described = {
        "alerts a post": BATCH,
        "rounds": ROUNDS,
        "posts a round": " or ".join(f"{n} {load}" for load, n in POSTS.items()),
        "connections": CONNECTIONS,
    }
    return Outcome(figures, anchors=anchors, data=described)


def _round(task: Task, load: str, turn: int, *, both: tuple[Server, Server]) -> tuple[float, float]:
    """Alerts per core-second of both, with the same posts. Turn 0 warms up."""
    count = POSTS[load] if turn else WARM_UP
    first = 0 if load == "repeated" else 1 + turn * 100_000
    own, peer = (_rate(server, count, first) for server in both)
    task.say(f"  {load} {turn or 'warm-up'}: {own:,.0f} beside {peer:,.0f} alerts per core-second")
    return own, peer


def _rate(server: Server, posts: int, first: int) -> float:
    before = server.stored() if server.stored else 0
    begun = cpu_seconds(server.pid)
    command = [sys.executable, "-m", "bench.sender", str(server.port), PATH, str(posts), str(first)]
    env = os.environ | {"SENDER_TOKEN": server.token}
    sent = json.loads(subprocess.run(command, env=env, check=True, capture_output=True, timeout=300).stdout)
    if sent["failed"]:
        raise CannotRun(f"{sent['failed']} of {posts} posts were refused")
    if server.stored and first and server.stored() - before != posts * BATCH:
        raise CannotRun("an alert that was answered with 2xx does not stand in the database")
    time.sleep(SETTLE)
    return posts * BATCH / (cpu_seconds(server.pid) - begun)


@contextmanager
def _ours(folder: Path) -> Iterator[Server]:
    """`tickless serve --role door` on SQLite: the whole receiving process; cases are made by the worker's process."""
    data, port, log = folder / "data", free_port(), folder / "tickless.log"
    data.mkdir()
    (data / "tickless.toml").write_text(SETTINGS, encoding="utf-8")
    with child(tickless("--data", str(data), "serve", "--role", "door", "--port", str(port)), log=log) as process:
        wait_until_ready(f"http://127.0.0.1:{port}/readyz", process, log=log)
        token = json.loads(_when_there(data / "server.json"))["token"]
        yield Server(process.pid, port, token, lambda: _signals(data / "signals.db"))


def _when_there(path: Path) -> str:
    for _ in range(500):
        if path.exists():
            return path.read_text(encoding="utf-8")
        time.sleep(0.01)
    raise CannotRun(f"{path} was not written")


def _signals(path: Path) -> int:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        return int(connection.execute("SELECT count(*) FROM signals").fetchone()[0])


@contextmanager
def _theirs(folder: Path, binary: str) -> Iterator[Server]:
    config, port, log = folder / "alertmanager.yml", free_port(), folder / "alertmanager.log"
    config.write_text(ALERTMANAGER, encoding="utf-8")
    command = [
        binary, f"--config.file={config}", f"--storage.path={folder / 'alertmanager'}",
        f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address=", "--log.level=error",
    ]  # fmt: skip
    with child(command, log=log) as process:
        wait_until_ready(f"http://127.0.0.1:{port}/-/ready", process, log=log)
        yield Server(process.pid, port, "", None)


def _peer_version(binary: str) -> str:
    told = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True, timeout=30)
    return (told.stdout or told.stderr).partition("(")[0].strip()


BENCH = Bench(
    id="S1",
    title="alerts accepted over HTTP, durable before the 2xx",
    bar={"repeated_ratio_min": 3.0, "distinct_ratio_min": 2.0},
    run=run,
    about=(
        "Ours is `tickless serve --role door` on SQLite (WAL, synchronous=FULL), with tokens and all middleware: received, "
        "parsed, deduplicated, committed, answered. Making cases of them is the worker's process and not counted here (S2). "
        "Alertmanager keeps its alerts in memory. Both get the same bytes on Alertmanager's own path, over the same number of "
        "keep-alive connections; posts that arrive together share a commit."
    ),
)
