"""Traces come in, and nobody drew a map: who calls whom is learnt, a storm is one case, and the traces name its cause."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from starlette.testclient import TestClient
from tests.lane.houses import house_over
from tests.waiting import until

from tickless.app.build import House
from tickless.app.serving import local_user
from tickless.app.settings import ConnectorUse
from tickless.domain.case import Case
from tickless.domain.service import Dependency, Service
from tickless.domain.world import World

WAY = ("shop", "payment", "ledger")
"""Each calls the next one. `mail` is called by nobody."""
NUMBERS = itertools.count(1)


@dataclass
class Watched:
    house: House
    client: Any
    token: str
    now: float

    def traces(self, minutes_ago: range, *, broken: bool) -> None:
        """Ten orders a minute, as the SDK of each service exports them. `broken`: the ledger fails in most, and takes long."""
        sent = {name: ExportTraceServiceRequest() for name in WAY}
        spans = {}
        for name, request in sent.items():
            resource = request.resource_spans.add()
            resource.resource.attributes.add(key="service.name").value.string_value = name
            spans[name] = resource.scope_spans.add().spans
        for minute, order in itertools.product(minutes_ago, range(10)):
            begun = int((self.now - 60 * minute + 5 * order) * 1e9)
            trace, parent = next(NUMBERS).to_bytes(16, "big"), b""
            fails, took = broken and order % 10 < 8, 2_000_000_000 if broken else 20_000_000 + order * 1_000_000
            for depth, name in enumerate(WAY):
                own = next(NUMBERS).to_bytes(8, "big")
                spans[name].append(
                    Span(
                        trace_id=trace, span_id=own, parent_span_id=parent, name=f"POST /{name}", kind=Span.SPAN_KIND_SERVER,
                        start_time_unix_nano=begun + depth * 1_000_000, end_time_unix_nano=begun + took - depth * 1_000_000,
                        status=Status(code=Status.STATUS_CODE_ERROR if fails else Status.STATUS_CODE_OK),
                    )
                )  # fmt: skip
                parent = own
        for request in sent.values():
            headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/x-protobuf"}
            assert (
                self.client.post("/v1/traces", content=request.SerializeToString(), headers=headers).status_code == 200
            )

    def alerts(self, *told: tuple[str, str, str]) -> None:
        """(name, service, severity), as Alertmanager posts them."""
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.now))
        alerts = [
            {"status": "firing", "labels": {"alertname": name, "service": service, "severity": severity}, "startsAt": at,
             "endsAt": "0001-01-01T00:00:00Z", "fingerprint": f"{name}-{service}",
             "annotations": {"summary": f"{name} at {service}"}}
            for name, service, severity in told
        ]  # fmt: skip
        answer = self.client.post(
            "/hooks/prometheus",
            json={"version": "4", "alerts": alerts},
            headers={"Authorization": f"Bearer {self.token}"},
        )
        assert answer.status_code == 202

    def reader(self) -> dict[str, str]:
        user = local_user(self.house)
        return {
            "Authorization": f"Bearer {self.house.entrance.create_token('reads', user=user, scopes=['read']).token}"
        }

    def cases(self) -> list[Case]:
        with self.house.journal.read() as tx:
            return [one for one in tx.cases.where() if one.state != "merged"]

    def edges(self) -> dict[tuple[str, str], Dependency]:
        with self.house.journal.read() as tx:
            return {(one.service, one.needs): one for one in tx.dependencies.where()}


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    services = [Service(id=name, name=name.title(), criticality=2) for name in (*WAY, "mail")]
    connectors = {"prometheus": ConnectorUse(use="alertmanager")}
    with (
        house_over(
            tmp_path, connectors=connectors, bindings={}, secrets={}, world=World.of(services=services)
        ) as house,
        TestClient(house.site, base_url="http://localhost") as client,
    ):
        user = local_user(house)
        made = house.entrance.create_token("prom", user=user, scopes=["signals:write"], source="prometheus")
        yield Watched(house, client, made.token, time.time())


def test_a_storm_without_a_map_is_one_case_whose_cause_the_traces_name(watched: Watched) -> None:
    assert watched.edges() == {}
    watched.traces(range(60, 4, -1), broken=False)
    watched.traces(range(4, 0, -1), broken=True)
    room = watched.house.desk.telemetry.room
    assert room is not None
    assert {(one.caller, one.callee) for one in room.calls()} == {("shop", "payment"), ("payment", "ledger")}

    def heard() -> bool:  # by what looks every few seconds
        traffic = watched.house.rooms.correlate.causes.traffic
        return traffic is not None and traffic(watched.house.rooms.clock.now()) is not None

    until(heard, what="the traces to be told to correlation")
    watched.alerts(("HighErrorRate", "shop", "critical"), ("HighErrorRate", "payment", "critical"))
    watched.alerts(("HighErrorRate", "ledger", "critical"), ("HighLatency", "shop", "warning"))

    def one_case() -> bool:
        found = watched.cases()
        with watched.house.journal.read() as tx:
            return len(found) == 1 and len(tx.alerts.of_case(found[0].id)) == 4

    until(
        one_case,
        what=lambda: str([(one.number, one.service, one.need, one.state) for one in watched.cases()]),
    )
    until(
        lambda: {("shop", "payment"), ("payment", "ledger")} <= watched.edges().keys(), "the map to take up the calls"
    )
    learnt = watched.edges()
    assert {edge.source for edge in learnt.values()} == {"traces"}

    def named() -> bool:
        (case,) = watched.cases()
        return case.cause is not None and bool(case.cause.suspects) and case.cause.suspects[0].node == "ledger"

    until(named, what=lambda: str(watched.cases()[0].cause))
    (case,) = watched.cases()
    assert case.cause is not None
    because = case.cause.suspects[0].because
    assert "traces" in {one.source for one in because}, because
    page = watched.client.get(f"/api/v1/cases/{case.number}/story", headers=watched.reader()).json()["cause"]
    assert page["suspects"][0]["node"] == "ledger"
