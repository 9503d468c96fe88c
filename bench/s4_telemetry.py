"""S4: telemetry over HTTP into baselines, per core-second of the server; and the update of the baselines alone."""

from __future__ import annotations

import http.client
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.measuring import cpu_seconds, resident_mb
from bench.processes import child, free_port, tickless, wait_until_ready
from bench.report import Bench, CannotRun, Outcome, Task
from bench.telemetry_load import Fleet
from tickless.stages.sense.detection.bank import Bank

ROUNDS = 5
SWEEPS = 10
"""How often the whole fleet is sent in a round."""
STEP = 15.0
SETTLE = 0.5
SERIES = 100_000
SETTINGS = "[telemetry]\nseries = 200000\nseries_of_source = 200000\n"
_PROTO = {"Content-Type": "application/x-protobuf"}
_V1 = {**_PROTO, "Content-Encoding": "snappy"}
_V2 = {**_V1, "Content-Type": "application/x-protobuf;proto=io.prometheus.write.v2.Request"}


@dataclass(frozen=True)
class Form:
    """One way to send: where to, with which headers, and a round of requests at a time."""

    path: str
    headers: dict[str, str]
    bodies: Callable[[Fleet, float], Iterator[bytes]]


FORMS = {
    "remote_write_1": Form("/api/v1/write", _V1, lambda fleet, at: fleet.remote_write(1, at)),
    "remote_write_2": Form("/api/v1/write", _V2, lambda fleet, at: fleet.remote_write(2, at)),
    "otlp": Form("/v1/metrics", _PROTO, lambda fleet, at: fleet.otlp(at, shuffled=False)),
    "otlp_shuffled": Form("/v1/metrics", _PROTO, lambda fleet, at: fleet.otlp(at, shuffled=True)),
}


def run(task: Task) -> Outcome:
    """Every form in a server of its own; then the bank alone."""
    figures: dict[str, float] = {}
    for name, form in FORMS.items():
        with tempfile.TemporaryDirectory() as folder, _served(Path(folder)) as (pid, port, token):
            figures[f"{name}_per_core_second"] = _form(task, name, form, pid=pid, port=port, token=token)
            figures[f"{name}_rss_mb"] = resident_mb(pid)
    figures["points_per_core_second"] = min(figures[f"{name}_per_core_second"] for name in FORMS)
    figures["update_per_core_second"] = _bank()
    described = {
        "series": len(Fleet(1)),
        "sweeps a round": SWEEPS,
        "rounds": ROUNDS,
        "series of the bank alone": SERIES,
    }
    return Outcome(figures, anchors={"river, points per second": "30k–690k"}, data=described)


def _form(task: Task, name: str, form: Form, *, pid: int, port: int, token: str) -> float:
    fleet = Fleet(7)
    at = time.time() - (ROUNDS + 1) * SWEEPS * STEP
    rates = []
    for turn in range(ROUNDS + 1):
        bodies = []
        for _ in range(SWEEPS if turn else 2):  # the first round makes the series known
            at += STEP
            bodies += list(form.bodies(fleet, at))
        begun = cpu_seconds(pid)
        _send(port, form, token, bodies)
        time.sleep(SETTLE)
        rates.append(len(fleet) * (SWEEPS if turn else 2) / (cpu_seconds(pid) - begun))
        task.say(f"  {name} {turn or 'first'}: {rates[-1]:,.0f} points per core-second")
    return statistics.median(rates[1:])


def _send(port: int, form: Form, token: str, bodies: list[bytes]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {**form.headers, "Authorization": f"Bearer {token}"}
    for body in bodies:
        connection.request("POST", form.path, body=body, headers=headers)
        answer = connection.getresponse()
        said = answer.read()
        if answer.status not in (200, 204) or said:
            raise CannotRun(f"a request was answered with {answer.status}: {said[:200]!r}")
    connection.close()


@contextmanager
def _served(folder: Path) -> Iterator[tuple[int, int, str]]:
    """`tickless serve --role door` on SQLite: (process, port, token)."""
    data, port, log = folder / "data", free_port(), folder / "tickless.log"
    data.mkdir()
    (data / "tickless.toml").write_text(SETTINGS, encoding="utf-8")
    with child(tickless("--data", str(data), "serve", "--role", "door", "--port", str(port)), log=log) as process:
        wait_until_ready(f"http://127.0.0.1:{port}/readyz", process, log=log)
        told = data / "server.json"
        for _ in range(500):
            if told.exists():
                break
            time.sleep(0.01)
        yield process.pid, port, json.loads(told.read_text(encoding="utf-8"))["token"]


def _bank() -> float:
    """Points per core-second of whole sweeps, after a first one."""
    bank, random = Bank(SERIES), np.random.default_rng(11)
    sweeps = [random.normal(100, 5, SERIES).astype(np.float32) for _ in range(8)]
    at, rates = 1_770_000_000.0, []
    for turn in range(ROUNDS + 1):
        begun = time.process_time()
        for sweep in sweeps * 4:
            at += STEP
            bank.update(slice(0, SERIES), at, sweep)
        if turn:
            rates.append(len(sweeps) * 4 * SERIES / (time.process_time() - begun))
    return statistics.median(rates)


BENCH = Bench(
    id="S4",
    title="telemetry: OTLP and remote-write into baselines",
    bar={"points_per_core_second_min": 500_000, "update_per_core_second_min": 30_000_000},
    run=run,
    about=(
        "20,000 series of 40 hosts, every fifth at zero, sent over HTTP to `tickless serve --role door`; the CPU of that "
        "process alone counts: HTTP, token, unpacking, decoding, series index, rates of counters, baselines. Remote-write "
        "with 2,000 samples a request, hosts in another order every time and requests cut elsewhere, 2.0 with metadata; OTLP "
        "with 4,000 points a request, once in the order in which exporters repeat them, once with metrics and points in "
        "another order every time. `points_per_core_second` is the least of the four. The first sweeps, which make the series "
        "known, are not in the rates. `update_per_core_second`: the baselines alone, "
        "whole sweeps of 100,000 series."
    ),
)
