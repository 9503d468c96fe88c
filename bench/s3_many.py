"""S3: lists and changes of state where a million alerts stand in a hundred thousand cases."""

from __future__ import annotations

import datetime as dt
import http.client
import json
import re
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from bench.many_records import LIVE, Years
from bench.measuring import percentile, resident_mb
from bench.processes import child, free_port, tickless, wait_until_ready
from bench.report import Bench, CannotRun, Outcome, Task
from tickless.app.build import build
from tickless.app.sample_house import world_of
from tickless.app.settings import read_settings
from tickless.journal.world import write_world
from tickless.sample.company import make_company

ALERTS = 1_000_000
LOOKS = 15
"""Requests of every page, after one that is not counted."""
CHANGES = 100
"""Acknowledgements, mutes and joins, one after the other."""
LOOK = 0.001
"""Seconds between two looks at what a change has made of the journal."""
PATIENCE = 30.0
SETTINGS = '[connectors.pagerduty]\nuse = "pagerduty"\n'
_NO_LISTS = re.compile(r"/(openapi|docs|events|export|verify|sign-|enter/|static/|healthz|doctor)")
_COMPUTED = re.compile(
    r"/(reports|lessons/refusal|figures|metrics|value|maturity|guard|opportunities|problems|audit/decisions)"
)
"""What works something out over all that is stored, a page of no list: told by itself."""
_NUMBER = re.compile(r"/\d+(?=$|[/?])")
"""One case's page stands for all that a list leads to."""
_FILTERS = (
    "/api/v1/cases?live=true", "/api/v1/cases?state=handed_off", "/api/v1/cases?kind=incident&outcome=regressed",
    "/api/v1/cases?need=disk_full", "/api/v1/cases?service={service}", "/api/v1/cases?requester={person}",
    "/api/v1/cases?service={service}&need=disk_full&outcome=muted", "/api/v1/cases?kind=risk", "/api/v1/cases?limit=200",
)  # fmt: skip


@dataclass(frozen=True)
class _Server:
    pid: int
    port: int
    data: Path
    token: str
    cookie: str


def run(task: Task) -> Outcome:
    """Write the records, serve them, look at every list, change some."""
    years = Years(alerts=ALERTS, now=dt.datetime.now(dt.UTC) - dt.timedelta(hours=1))
    with tempfile.TemporaryDirectory() as folder, _served(Path(folder), years, task) as server:
        wanted = _pages(server)
        pages = {path: _look(server, path) for path in wanted if not _COMPUTED.search(path)}
        changes = {name: change(server, years) for name, change in _CHANGES.items()}
        rss = resident_mb(server.pid)
        views = {path: _once(server, path) for path in wanted if _COMPUTED.search(path)}
        pages |= {path: [took] for path, took in views.items() if took is not None}
    slow = sorted(pages.items(), key=lambda one: -percentile(one[1], 0.99))
    for path, taken in slow[:12]:
        task.say(f"  {percentile(taken, 0.99) * 1_000:7.1f} ms  {path}")
    lists = [(path, taken) for path, taken in slow if not _COMPUTED.search(path)]
    every = [one for _, taken in lists for one in taken]
    figures = {"page_p99_ms": percentile(every, 0.99) * 1_000, "page_p50_ms": percentile(every, 0.5) * 1_000}
    figures["slowest_page_p99_ms"] = percentile(lists[0][1], 0.99) * 1_000
    computed = [one for path, taken in slow if _COMPUTED.search(path) for one in taken]
    figures["computed_view_p99_ms"] = percentile(computed, 0.99) * 1_000
    for name, taken in changes.items():
        figures |= {f"{name}_p99_ms": percentile(taken, 0.99) * 1_000, f"{name}_p50_ms": percentile(taken, 0.5) * 1_000}
    figures["change_p99_ms"] = max(figures[f"{name}_p99_ms"] for name in changes)
    figures["rss_mb"] = rss
    described = {
        "alerts": years.alerts,
        "cases": years.cases,
        "pages": len(pages),
        "looks at each": LOOKS,
        "changes": CHANGES,
    }
    details = {"page_p99_ms": {path: round(percentile(taken, 0.99) * 1_000, 1) for path, taken in slow}}
    return Outcome(figures, anchors={"Keep #6300": "10–13 s at 10–15k alerts"}, data=described, details=details)


def _pages(server: _Server) -> list[str]:
    """Every page that the console's rail leads to, every list of the API, lists of cases by every filter, and far behind."""
    rail = [unescape(found) for found in re.findall(r'href="(/[^"#]*)"', _get(server, "/").decode())]
    described = json.loads(_get(server, "/api/v1/openapi.json"))
    lists = [f"/api/v1{path}" for path, how in described["paths"].items() if "get" in how and "{" not in path]
    company = make_company()
    said = {"service": company.services[0].id, "person": company.people[0].id}
    behind = [f"/api/v1/{name}?cursor={ALERTS // 20}" for name in ("cases", "signals")]
    wanted = ["/", *rail, *lists, *(path.format(**said) for path in _FILTERS), *behind]
    kinds = {_NUMBER.sub("/…", path): path for path in reversed(wanted) if not _NO_LISTS.search(path)}
    return [path for path in kinds.values() if _COMPUTED.search(path) or _answers(server, path)]


def _look(server: _Server, path: str) -> list[float]:
    taken = []
    for turn in range(LOOKS + 1):
        begun = time.monotonic()
        _get(server, path)
        if turn:
            taken.append(time.monotonic() - begun)
    return taken


def _once(server: _Server, path: str) -> float | None:
    """Of what takes long: one look, the first. None: it is no page for this visitor."""
    begun = time.monotonic()
    return time.monotonic() - begun if _answers(server, path) else None


def _acknowledge(server: _Server, years: Years) -> list[float]:
    """By PagerDuty's API, until it stands in the alert's case."""
    return _events(server, "acknowledge", [years.key(number) for number in _firing(CHANGES, offset=1)])


def _join(server: _Server, years: Years) -> list[float]:
    """An alert that had resolved fires anew about what a live case is about, until it stands in a case."""
    return _events(server, "trigger", [f"again-{years.key(number)}" for number in _firing(CHANGES, offset=2)])


def _mute(server: _Server, years: Years) -> list[float]:
    """A person says that a case is noise; the answer comes when it is so."""
    taken = []
    for number in _firing(CHANGES, offset=0):
        body = {"how": "mute", "reason": "a test of the monitor"}
        begun = time.monotonic()
        _send(server, f"/api/v1/cases/case_{number // 10:026d}/close", body, 200)
        taken.append(time.monotonic() - begun)
    return taken


_CHANGES: dict[str, Callable[[_Server, Years], list[float]]] = {
    "acknowledge": _acknowledge,
    "join": _join,
    "mute": _mute,
}


def _firing(count: int, *, offset: int) -> list[int]:
    """Numbers of alerts in live cases, each of another case."""
    return [10 * LIVE * (3 * one + offset) + 1 for one in range(count)]


def _events(server: _Server, action: str, keys: list[str]) -> list[float]:
    taken = []
    with closing(sqlite3.connect(f"file:{server.data / 'tickless.db'}?mode=ro", uri=True)) as connection:
        for key in keys:
            count = _standing(connection, key)
            details = {"summary": f"{key} is above its limit", "source": "monitor", "severity": "error"}
            event = {"routing_key": server.token, "event_action": action, "dedup_key": key, "payload": details}
            begun = time.monotonic()
            _send(server, "/v2/enqueue", event, 202)
            while _standing(connection, key) == count:
                if time.monotonic() - begun > PATIENCE:
                    raise CannotRun(f"{action} of {key} did not come through")
                time.sleep(LOOK)
            taken.append(time.monotonic() - begun)
    return taken


def _standing(connection: sqlite3.Connection, key: str) -> int:
    query = "SELECT count(*) FROM case_signals WHERE fingerprint = ?"
    return int(connection.execute(query, (key,)).fetchone()[0])


def _get(server: _Server, path: str) -> bytes:
    status, body = _ask(server, "GET", path, None)
    if status != 200:
        raise CannotRun(f"{path} was answered with {status}: {body[:200]!r}")
    return body


def _answers(server: _Server, path: str) -> bool:
    """Whether it is a page for this visitor, and no page that asks for more words."""
    return _ask(server, "GET", path, None)[0] == 200


def _send(server: _Server, path: str, body: Mapping[str, object], wanted: int) -> None:
    status, said = _ask(server, "POST", path, json.dumps(body))
    if status != wanted:
        raise CannotRun(f"{path} was answered with {status}: {said[:300]!r}")


def _ask(server: _Server, method: str, path: str, body: str | None) -> tuple[int, bytes]:
    headers = {"Content-Type": "application/json"}
    if path.startswith("/api/"):
        headers["Authorization"] = f"Bearer {server.token}"
    else:
        headers["Cookie"] = f"tickless_session={server.cookie}"
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=180)) as connection:
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read()


@contextmanager
def _served(folder: Path, years: Years, task: Task) -> Iterator[_Server]:
    """`tickless serve` as it is, on SQLite, over those records."""
    data, port, log = folder / "data", free_port(), folder / "tickless.log"
    data.mkdir()
    (data / "tickless.toml").write_text(SETTINGS, encoding="utf-8")
    house = build(read_settings(data), role="door")
    with house.journal.write() as tx:
        write_world(tx, world_of(make_company()))
    years.write(house.journal, say=task.say)
    user = house.entrance.create_user("looker", roles=["admin"])
    cookie = house.entrance.redeem_link(house.entrance.make_link(user), address="127.0.0.1").token
    scopes = ["signals:write", "read", "act", "admin"]
    token = house.entrance.create_token("looker", user=user, scopes=scopes).token
    house.journal.close()
    with child(tickless("--data", str(data), "serve", "--port", str(port)), log=log) as process:
        wait_until_ready(f"http://127.0.0.1:{port}/readyz", process, log=log)
        yield _Server(process.pid, port, data, token, cookie)


BENCH = Bench(
    id="S3",
    title="lists and changes where a million alerts stand in a hundred thousand cases",
    bar={"page_p99_ms_max": 100, "slowest_page_p99_ms_max": 100, "change_p99_ms_max": 100},
    run=run,
    about=(
        "`tickless serve` on SQLite over two years of records: 1,000,000 signals and alerts in 100,000 cases, 2,000 of them "
        "live. Pages: everything that the console's rail leads to, every list of the API, lists of cases by each filter and "
        "far behind, each over a connection of its own; what is worked out anew, such as a report, is told by itself. "
        "Changes, from the request until the journal says so: an acknowledgement and a new alert by PagerDuty's API, a "
        "case muted by a person."
    ),
)
