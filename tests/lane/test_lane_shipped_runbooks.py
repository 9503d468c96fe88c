"""Runbooks that ship, against the real systems that they are about: a monitor tells, they mend, their probes read back."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import psycopg
import pytest
from bench.kill_scenes import of_systems
from bench.kill_systems import SERVICE
from tests.lane.houses import house_over, wait_for_case
from tests.servers.haproxy import Haproxy
from tests.waiting import until

from tickless.app.build import House
from tickless.app.serving import announced, serving
from tickless.app.settings import ConnectorUse
from tickless.domain.case import Case
from tickless.domain.person import Person
from tickless.domain.service import Service
from tickless.domain.world import World

OWNER = Person(id="olga", username="olga", name="Olga Berg", email="olga@example.com", department="IT")
SCENES = {one.runbook: one for one in of_systems()}


def after_alert(
    folder: Path, use: str, settings: Mapping[str, Any], *, capability: str, labels: Mapping[str, str]
) -> Case:
    """What comes of an alert with these labels, in a house with this connector."""
    connectors = {
        "there": ConnectorUse(use=use, settings=dict(settings)),
        "prometheus": ConnectorUse(use="alertmanager", settings={}),
    }
    world = World.of(services=[Service(id="orders-db", name="Orders database", criticality=2)])
    with (
        house_over(folder, connectors=connectors, bindings={capability: "there"}, secrets={}, world=world) as house,
        serving(house) as url,
        announced(house, url) as token,
    ):
        fire(f"{url}/hooks/prometheus", token, labels)
        return wait_for_case(house, "an end", lambda one: one.outcome is not None and _ran(house, one))


def _ran(house: House, case: Case) -> bool:
    with house.journal.read() as tx:
        return bool(tx.runs.by(case=case.id))


def fire(url: str, token: str, labels: Mapping[str, str]) -> None:
    alert = {"status": "firing", "labels": dict(labels), "startsAt": "2026-03-02T09:00:00Z",
             "endsAt": "0001-01-01T00:00:00Z", "fingerprint": "one"}  # fmt: skip
    with httpx2.Client(trust_env=False) as http:
        sent = http.post(url, json={"version": "4", "alerts": [alert]}, headers={"authorization": f"Bearer {token}"})
    assert sent.status_code == 202, sent.text


def test_a_server_with_errors_is_drained_while_another_one_serves(haproxy: Haproxy, tmp_path: Path) -> None:
    until(lambda: set(haproxy.states().values()) == {"UP"}, what="both servers to be up")
    labels = {"alertname": "HAProxyServerResponseErrors", "proxy": "shop", "server": "web2", "service": "orders-db"}
    settings = {"socket": f"tcp:127.0.0.1:{haproxy.admin}"}
    case = after_alert(tmp_path, "haproxy", settings, capability="balancer", labels=labels)
    assert case.outcome == "verified"
    assert haproxy.states()["web2"].startswith("DRAIN")
    assert haproxy.states()["web1"] == "UP"


def test_transactions_that_stand_open_are_ended_and_the_one_that_works_is_not(
    postgres_database: str, tmp_path: Path
) -> None:
    url = postgres_database.replace("postgresql+psycopg://", "postgresql://")
    parts = urlsplit(url)
    settings = {"host": parts.hostname, "port": parts.port, "database": parts.path.strip("/"), "user": "postgres",
                "sslmode": "disable", "spared_users": []}  # fmt: skip
    folder = tmp_path / "runbooks"
    folder.mkdir()
    shipped = Path(__file__).parents[2] / "runbooks/database/end-idle-transactions.yaml"
    quicker = shipped.read_text().replace("seconds: 600", "seconds: 1")
    with psycopg.connect(url) as idle, psycopg.connect(url, autocommit=True) as works:
        idle.execute("SELECT 1")
        connectors = {
            "there": ConnectorUse(use="postgresql", settings=settings),
            "prometheus": ConnectorUse(use="alertmanager", settings={}),
        }
        world = World.of(services=[Service(id="orders-db", name="Orders database", criticality=2)])
        (folder / "database").mkdir()
        (folder / "database/end-idle-transactions.yaml").write_text(quicker)
        with (
            house_over(tmp_path / "data", connectors=connectors, bindings={"database": "there"}, secrets={},
                       world=world, runbooks=(folder,)) as house,
            serving(house) as address,
            announced(house, address) as token,
        ):  # fmt: skip
            fire(f"{address}/hooks/prometheus", token, {"alertname": "PGIdleTxn", "service": "orders-db"})
            case = wait_for_case(house, "an end", lambda one: one.outcome is not None)
            with house.journal.read() as tx:
                told = [one.summary for one in tx.decisions.by(case=case.id)]
        assert case.outcome == "verified", told
        assert works.execute("SELECT 2").fetchone() == (2,)
        with pytest.raises(psycopg.OperationalError):
            idle.execute("SELECT 3")


@pytest.mark.parametrize("runbook", ["balancer.take-in", "database.vacuum-table", "dns.set-address"])
@pytest.mark.usefixtures("haproxy", "knot", "postgres_url")
def test_what_a_monitor_asks_for_is_done_once_and_read_back(runbook: str, tmp_path: Path) -> None:
    scene = SCENES[runbook]
    assert scene.system is not None
    world = World.of(people=[OWNER], services=[Service(id=SERVICE, name="Search", criticality=2, owner=OWNER.id)])
    with scene.system() as system:
        connectors = {"there": ConnectorUse(use=system.use, settings=dict(system.settings)),
                      "prometheus": ConnectorUse(use="alertmanager", settings={})}  # fmt: skip
        with (
            house_over(tmp_path, connectors=connectors, bindings={system.capability: "there"},
                       secrets=dict(system.secrets), world=world) as house,
            serving(house) as url,
            announced(house, url) as token,
        ):  # fmt: skip
            fire(f"{url}/hooks/prometheus", token, scene.fires)
            if runbook == "dns.set-address":
                wait_for_case(house, "a yes to be asked for", lambda one: _asked_and_said(house, one))
            case = wait_for_case(house, "an end", lambda one: one.outcome is not None)
        assert case.outcome in scene.outcomes
        assert (system.changed(), system.so()) == (1, True)


def _asked_and_said(house: House, case: Case) -> bool:
    """Whether the owner of the service was asked; they say yes."""
    with house.journal.read() as tx:
        asked = tx.approvals.by(case=case.id, state="pending")
    for one in asked:
        assert one.approvers == (OWNER.id,)
        asyncio.run(house.desk.answer_approval(one.id, by=OWNER, user="olga", approve=True, reason="it is wrong"))
    return bool(asked)
