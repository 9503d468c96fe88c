"""A series that is unlike itself becomes a case of the service it belongs to, and the case hears when it is over."""

from __future__ import annotations

import re
import time
from pathlib import Path

import cramjam
from bench.prometheus_messages import write_v1
from starlette.testclient import TestClient
from tests.lane.houses import house_over, wait_for_case
from tests.waiting import until

from tickless.app.serving import local_user
from tickless.domain.service import Service
from tickless.domain.world import World

SERIES = (("__name__", "queue_length"), ("service", "shop"), ("instance", "shop-1"))


def test_an_anomaly_is_a_case_of_its_service_with_what_was_expected(tmp_path: Path) -> None:
    world = World.of(services=[Service(id="shop", name="Shop", criticality=1)])
    begun = time.time() - 120 * 700
    with (
        house_over(tmp_path, connectors={}, bindings={}, secrets={}, world=world) as house,
        TestClient(house.site, base_url="http://localhost") as client,
    ):
        made = house.entrance.create_token("prom", user=local_user(house), scopes=["signals:write"], source="prom")

        def write(first: int, values: list[float]) -> None:
            samples = [(int((begun + 120 * (first + place)) * 1_000), value) for place, value in enumerate(values)]
            packed = bytes(cramjam.snappy.compress_raw(write_v1([(SERIES, samples)])))
            headers = {"Authorization": f"Bearer {made.token}", "Content-Encoding": "snappy"}
            answer = client.post(
                "/api/v1/write", content=packed, headers=headers | {"Content-Type": "application/x-protobuf"}
            )
            assert answer.status_code == 204

        write(0, [40.0 + turn % 5 for turn in range(300)])
        write(300, [900.0])
        house.desk.telemetry.look()
        case = wait_for_case(house, "an anomaly", lambda one: one.service == "shop")
        assert (case.kind, case.need) == ("incident", "metric_anomaly")
        told = re.fullmatch(r"queue_length of shop: expected ([\d.]+)–([\d.]+), saw 900", case.title.raw)
        assert told is not None
        assert 35 < float(told[1]) < 42 < float(told[2]) < 50
        write(301, [40.0 + turn % 5 for turn in range(395)])
        house.desk.telemetry.look()

        def over() -> bool:
            with house.journal.read() as tx:
                return [one.state for one in tx.alerts.of_case(case.id)] == ["resolved"]

        until(over, what="the anomaly to be over")
