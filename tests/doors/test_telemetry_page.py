"""The page of telemetry, over a whole house: what was sent is on it, and hostile names are only text."""

from __future__ import annotations

import time
from pathlib import Path

import cramjam
from bench.prometheus_messages import write_v1
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from starlette.testclient import TestClient
from tests.browser.reading import read_page
from tests.lane.houses import house_over

from tickless.app.serving import local_user
from tickless.domain.world import World

HOSTILE = "shop<script>alert(1)</script>"
PROTO = "application/x-protobuf"


def test_what_is_sent_is_on_the_page_and_in_the_doctor(tmp_path: Path) -> None:
    request = ExportTraceServiceRequest()
    for service, identity, parent in (("web", b"a" * 8, b""), (HOSTILE, b"b" * 8, b"a" * 8)):
        outer = request.resource_spans.add()
        outer.resource.attributes.add(key="service.name").value.string_value = service
        outer.scope_spans.add().spans.add(trace_id=b"t" * 16, span_id=identity, parent_span_id=parent, name="GET /")
    body = write_v1([((("__name__", "load"), ("instance", HOSTILE)), [(int(time.time() * 1_000), 1.0)])])
    with (
        house_over(tmp_path, connectors={}, bindings={}, secrets={}, world=World.of()) as house,
        TestClient(house.site, base_url="http://localhost") as client,
    ):
        user = local_user(house)
        token = house.entrance.create_token("all", user=user, scopes=["signals:write", "read"]).token
        bearer = {"Authorization": f"Bearer {token}", "Content-Type": PROTO}
        packed = bytes(cramjam.snappy.compress_raw(body))
        sent = client.post("/api/v1/write", content=packed, headers=bearer | {"Content-Encoding": "snappy"})
        traced = client.post("/v1/traces", content=request.SerializeToString(), headers=bearer)
        assert (sent.status_code, traced.status_code) == (204, 200)
        checks = client.get("/api/v1/doctor", headers=bearer).json()
        assert [(one["ok"], one["detail"][:5]) for one in checks if one["check"] == "telemetry"] == [(True, "1 of ")]
        assert client.get("/telemetry", follow_redirects=False).status_code != 200
        client.post(f"/enter/{house.entrance.make_link(user)}")
        answer = client.get("/telemetry")
    said = read_page(answer.text).text
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "Every series is as expected" in said
    for told in (HOSTILE, "prometheus", "otlp", "1 of 50,000 series"):
        assert told in said
