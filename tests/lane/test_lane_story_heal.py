"""The machine door against real servers: nginx dies, Prometheus and Alertmanager tell, Tickless restarts and verifies it."""

from __future__ import annotations

from pathlib import Path

from tests.lane.houses import house_over, wait_for_case
from tests.servers.watched_nginx import WatchedNginx
from tests.waiting import until

from tickless.app.serving import announced, serving
from tickless.app.settings import ConnectorUse
from tickless.domain.service import ConfigurationItem, Service
from tickless.domain.world import World


def test_a_killed_nginx_is_restarted_and_verified_by_its_symptom(watched_nginx: WatchedNginx, tmp_path: Path) -> None:
    supervisor = watched_nginx.supervisor
    keeper = {"url": supervisor.url, "username": supervisor.username, "password": "env:SUPERVISOR"}
    target = {"url": watched_nginx.url, "expect_status": 200}
    with (
        house_over(
            tmp_path,
            connectors={
                "supervisor": ConnectorUse(use="supervisord", settings=keeper),
                "web": ConnectorUse(use="http", settings={"targets": {"shop": target}}),
                "prometheus": ConnectorUse(use="alertmanager", settings={}),
            },
            bindings={"process": "supervisor", "health": "web"},
            secrets={"SUPERVISOR": supervisor.password},
            world=World.of(
                services=[Service(id="shop", name="Shop", criticality=1)],
                items=[ConfigurationItem(id="shop-process", kind="process", name=supervisor.process, service="shop")],
            ),
        ) as house,
        serving(house) as url,
        announced(house, url) as token,
    ):
        watched_nginx.watch(f"{url}/hooks/prometheus", service="shop", token=token)
        until(watched_nginx.serves, what="nginx to serve")
        watched_nginx.kill()
        case = wait_for_case(house, "a verified restart", lambda one: one.outcome == "verified")
        assert watched_nginx.serves()
        with house.journal.read() as tx:
            run = tx.runs.by(case=case.id)[0]
            verdict = tx.verdicts.by(case=case.id)[0]
        assert run.plan.runbook == "service.restart"
        assert [reading.uses for reading in verdict.readings] == ["health.check"]
        assert case.need == "service_down"
        wait_for_case(house, "the real resolve", lambda one: _resolved(house, one.id))


def _resolved(house: object, case: str) -> bool:
    with house.journal.read() as tx:  # type: ignore[attr-defined]
        return any(alert.state == "resolved" for alert in tx.alerts.of_case(case))
