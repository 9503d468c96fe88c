"""What the sample company does not have, for the runbooks that are about it: a real load balancer, name server and database,
and a cluster's and a forge's documented API. Each counts how often it was changed."""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from bench.postgres import postgres
from bench.report import CannotRun

Opens = Callable[[], AbstractContextManager["System"]]
SERVICE: Final = "search-api"
"""Of the sample company: what the database, the workload and the releases are of."""


@dataclass(frozen=True)
class System:
    """A connector, its capability and secrets. `changed`: how often it was changed; `so`: it stands as it should now."""

    use: str
    capability: str
    settings: Mapping[str, Any]
    changed: Callable[[], int]
    so: Callable[[], bool]
    secrets: Mapping[str, str] = field(default_factory=dict)

    def plan(self) -> dict[str, Any]:
        """For `server.py`."""
        return {"connector": [self.use, dict(self.settings), self.capability], "secrets": dict(self.secrets)}


@contextmanager
def draining() -> Iterator[System]:
    """A server that serves."""
    with _balancer("drain", ready=True) as system:
        yield system


@contextmanager
def taken_out() -> Iterator[System]:
    """A server that was drained."""
    with _balancer("ready", ready=False) as system:
        yield system


@contextmanager
def _balancer(wanted: str, *, ready: bool) -> Iterator[System]:
    from tests.servers.haproxy import run_haproxy

    _need("haproxy", "nginx")
    with run_haproxy() as haproxy:
        _wait(lambda: set(haproxy.states().values()) == {"UP"}, "the servers behind HAProxy")
        if not ready:
            haproxy.ask("set server shop/web2 state drain")
        with _counted(haproxy.admin) as (port, told):
            yield System(
                "haproxy", "balancer", {"socket": f"tcp:127.0.0.1:{port}"},
                changed=lambda: sum(line.startswith("set server shop/web2") for line in told),
                so=lambda: haproxy.states()["web2"].startswith("DRAIN") == (wanted == "drain"),
            )  # fmt: skip


@contextmanager
def _counted(port: int) -> Iterator[tuple[int, list[str]]]:
    """A door before HAProxy's own that notes what was told; gives its port and the lines."""
    import socket

    told: list[str] = []

    class Door(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            asked = b"".join(iter(lambda: self.request.recv(65_536), b""))
            told.append(asked.decode())
            with socket.create_connection(("127.0.0.1", port), timeout=5) as behind:
                behind.sendall(asked)
                behind.shutdown(socket.SHUT_WR)
                for part in iter(lambda: behind.recv(65_536), b""):
                    self.request.sendall(part)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Door) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield server.server_address[1], told
        server.shutdown()


@contextmanager
def name_server() -> Iterator[System]:
    """A name with two addresses."""
    import dns.message
    import dns.query
    from tests.servers.knot import ZONE, run_knot

    _need("knotd")
    with run_knot() as knot:

        def serial() -> int:
            answer = dns.query.udp(dns.message.make_query(ZONE, "SOA"), knot.host, port=knot.port, timeout=5)
            return int(answer.answer[0][0].serial)

        before = serial()
        zones = {ZONE: {"types": ["A"], "names": ["www"]}}
        yield System(
            "dns", "dns",
            {"server": knot.host, "port": knot.port, "zones": zones, "key_name": "tickless", "secret": "env:TSIG"},
            changed=lambda: serial() - before, so=lambda: knot.ask("www") == ["192.0.2.9"], secrets={"TSIG": knot.secret},
        )  # fmt: skip


@contextmanager
def idle_transaction() -> Iterator[System]:
    """Somebody left a transaction open, and somebody else works."""
    import psycopg

    with (
        postgres() as url,
        psycopg.connect(_plain(url)) as idle,
        psycopg.connect(_plain(url), autocommit=True) as works,
    ):
        idle.execute("select 1")

        def ended() -> int:
            killed = "select sessions_killed from pg_stat_database where datname = 'postgres'"
            return sum(int(row[0]) for row in works.execute(killed))

        time.sleep(1.1)  # the runbook that is played calls one second long
        yield System("postgresql", "database", {**_database(url), "spared_users": []}, changed=ended,
                     so=lambda: _is_over(idle))  # fmt: skip


def _is_over(connection: Any) -> bool:
    import psycopg

    try:
        connection.execute("select 1")
    except psycopg.OperationalError:
        return True
    return False


@contextmanager
def dead_rows() -> Iterator[System]:
    """A table of which half the rows are dead."""
    import psycopg

    with postgres() as url, psycopg.connect(_plain(url), autocommit=True) as by:
        by.execute("create table orders (id int) with (autovacuum_enabled = off)")
        by.execute("insert into orders select generate_series(1, 2000)")
        by.execute("delete from orders where id % 2 = 0")
        dead = "select n_dead_tup from pg_stat_user_tables where relname = 'orders'"
        while [row[0] for row in by.execute(dead)] != [1_000]:  # a session counts up to ten seconds later what it did
            time.sleep(0.2)

        def vacuums() -> int:
            done = "select vacuum_count from pg_stat_user_tables where relname = 'orders'"
            return sum(int(row[0]) for row in by.execute(done))

        yield System("postgresql", "database", {**_database(url), "tables": ["public.orders"]}, changed=vacuums,
                     so=lambda: vacuums() > 0)  # fmt: skip


def _database(url: str) -> dict[str, Any]:
    parts = urlsplit(_plain(url))
    return {
        "host": parts.hostname,
        "port": parts.port,
        "database": "postgres",
        "user": "postgres",
        "sslmode": "disable",
    }


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://")


@contextmanager
def cluster() -> Iterator[System]:
    """A deployment with two revisions, of which one pod is ready until something is done."""
    from tickless.connectors.kubernetes.tests.contract_case import LISTS, Shop, acting
    from tickless.sdk.testing import Answer, Asked, serve

    shop, lock, patches = Shop(), threading.Lock(), list[str]()
    shop.web["status"]["readyReplicas"] = 1

    def answer(asked: Asked) -> Answer:
        with lock:
            said = shop.answer(asked) if asked.path not in LISTS else Answer(200, {"items": [], "metadata": {}})
            if asked.method == "PATCH" and said.status == 200:
                patches.append(asked.path)
                shop.web["status"]["readyReplicas"] = 2
            return said

    with serve(answer) as server:
        world = acting(server.url)
        yield System("kubernetes", "workload", world.settings, changed=lambda: len(patches),
                     so=lambda: bool(shop.web["status"]["readyReplicas"] == 2), secrets=world.secrets)  # fmt: skip


@contextmanager
def releases() -> Iterator[System]:
    """A project with two versions."""
    from tickless.connectors.gitlab.tests.contract_case import OLD, SECRETS, SHOP, Projects
    from tickless.sdk.testing import serve

    projects = Projects()
    before = len(projects.deployments)
    with serve(projects.answer) as server:
        yield System(
            "gitlab", "release",
            {"url": server.url, "token": "env:GITLAB_TOKEN", "services": {SERVICE: {"project": SHOP}}},
            changed=lambda: len(projects.deployments) - before, so=lambda: projects.deployments[0]["sha"] == OLD,
            secrets=SECRETS,
        )  # fmt: skip


def _need(*programs: str) -> None:
    from tests.servers.processes import program

    missing = [name for name in programs if program(name) is None]
    if missing:
        raise CannotRun(f"missing: {', '.join(missing)}")


def _wait(holds: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + 20
    while not holds():
        if time.monotonic() > end:
            raise CannotRun(f"waited in vain for {what}")
        time.sleep(0.05)
