"""The telemetry door over HTTP: who may send, what is unpacked, and what each client is answered."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cramjam
import pytest
from bench.prometheus_messages import write_v1, write_v2
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from starlette.applications import Starlette
from starlette.testclient import TestClient

from tickless.domain.signal import Signal
from tickless.doors.entrance import Entrance
from tickless.doors.entrance.middleware import standard_middleware
from tickless.doors.telemetry import create_routes
from tickless.flow.desk.telemetry import TelemetryDesk
from tickless.journal import Journal
from tickless.journal.access import User
from tickless.kit.clock import ManualClock
from tickless.sdk.registry import Registry
from tickless.stages.sense.heartbeats import SourceRule
from tickless.stages.sense.service import SenseRoom
from tickless.stages.sense.sources import SourceBook
from tickless.stages.sense.telemetry.options import TelemetrySettings
from tickless.stages.sense.telemetry.service import FILE, TelemetryRoom

PROTO = "application/x-protobuf"
V2 = "application/x-protobuf;proto=io.prometheus.write.v2.Request"


@dataclass
class Desk:
    """The part of the desk that this door sees."""

    telemetry: TelemetryDesk


@dataclass
class Site:
    client: TestClient
    desk: Desk
    entrance: Entrance
    journal: Journal
    clock: ManualClock
    robot: User
    tokens: dict[tuple[str | None, str], str] = field(default_factory=dict)

    def headers(self, source: str | None = None, scope: str = "signals:write", **more: str) -> dict[str, str]:
        key = source, scope
        if key not in self.tokens:
            made = self.entrance.create_token("sender", user=self.robot, scopes=(scope,), source=source)
            self.tokens[key] = made.token
        return {
            "Authorization": f"Bearer {self.tokens[key]}",
            **{key.replace("_", "-"): value for key, value in more.items()},
        }

    def write(self, body: bytes, *, kind: str = PROTO, source: str | None = None) -> Any:
        packed = bytes(cramjam.snappy.compress_raw(body))
        headers = self.headers(source, content_type=kind, content_encoding="snappy")
        return self.client.post("/api/v1/write", content=packed, headers=headers)

    def series(self) -> dict[str, int]:
        state = self.desk.telemetry.state()
        assert state is not None
        return {one.source: one.series for one in state.sources}

    def signals(self) -> list[Signal]:
        return [one.signal for one in reversed(self.journal.signals.newest())]


def open_site(journal: Journal, clock: ManualClock, entrance: Entrance, room: TelemetryRoom | None) -> Site:
    sense = SenseRoom(journal=journal, registry=Registry({}, {}), wake=lambda: None)
    desk = Desk(TelemetryDesk(room, sense, journal, clock, most_bytes=100_000))
    app = Starlette(
        routes=create_routes(desk, entrance),  # type: ignore[arg-type]
        middleware=standard_middleware(entrance.settings),
    )
    robot = entrance.create_user("robot", roles=["operator"])
    return Site(TestClient(app, base_url="http://localhost"), desk, entrance, journal, clock, robot)


@pytest.fixture
def site(journal: Journal, clock: ManualClock, entrance: Entrance, tmp_path: Path) -> Iterator[Site]:
    room = TelemetryRoom(TelemetrySettings(series=50, series_of_source=40), file=tmp_path / FILE)
    opened = open_site(journal, clock, entrance, room)
    with opened.client:
        yield opened


def sent(site: Site, count: int, value: float = 1.0, name: str = "load") -> list[Any]:
    at = int(site.clock.now().timestamp() * 1_000)
    return [((("__name__", name), ("instance", f"h{number}")), [(at, value)]) for number in range(count)]


def request_of(site: Site, count: int) -> ExportMetricsServiceRequest:
    request = ExportMetricsServiceRequest()
    metric = request.resource_metrics.add().scope_metrics.add().metrics.add(name="load")
    for number in range(count):
        point = metric.gauge.data_points.add(time_unix_nano=int(site.clock.now().timestamp() * 1e9), as_double=1.0)
        point.attributes.add(key="number").value.int_value = number
    return request


def test_remote_write_of_both_versions_is_taken_for_the_source_of_its_token(site: Site) -> None:
    first = site.write(write_v1(sent(site, 3)), source="prom-a")
    second = site.write(write_v2(sent(site, 2)), kind=V2, source="prom-b")
    third = site.write(write_v1(sent(site, 1)))
    assert [answer.status_code for answer in (first, second, third)] == [204, 204, 204]
    assert second.headers["X-Prometheus-Remote-Write-Samples-Written"] == "2"
    assert site.series() == {"prom-a": 3, "prom-b": 2, "prometheus": 1}


def test_series_beyond_the_limit_are_refused_and_told_once_and_for_all(site: Site) -> None:
    answer = site.write(write_v2(sent(site, 45)), kind=V2, source="prom")
    assert answer.status_code == 400
    assert answer.headers["X-Prometheus-Remote-Write-Samples-Written"] == "40"
    assert "telemetry.series_of_source" in answer.text
    body = request_of(site, 15).SerializeToString()
    partly = site.client.post("/v1/metrics", content=body, headers=site.headers("otel", content_type=PROTO))
    assert partly.status_code == 200
    said = ExportMetricsServiceResponse.FromString(partly.content).partial_success
    assert said.rejected_data_points == 5
    assert "telemetry.series" in said.error_message
    as_json = site.client.post("/v1/metrics", json={"resourceMetrics": []}, headers=site.headers("otel"))
    assert (as_json.status_code, as_json.json()) == (200, {})
    assert site.series() == {"otel": 10, "prom": 40}


@pytest.mark.parametrize("path", ["/v1/metrics", "/v1/logs", "/v1/traces"])
def test_otlp_answers_in_the_form_that_was_sent(site: Site, path: str) -> None:
    good = site.client.post(
        path, content=gzip.compress(b""), headers=site.headers(content_type=PROTO, content_encoding="gzip")
    )
    assert (good.status_code, good.content, good.headers["content-type"]) == (200, b"", PROTO)
    bad = site.client.post(path, content=b"\xff\xff\xff", headers=site.headers(content_type=PROTO))
    assert (bad.status_code, bad.headers["content-type"], bad.content[:2]) == (400, PROTO, b"\x08\x03")
    told = site.client.post(path, content=b"[]", headers=site.headers(content_type="application/json"))
    assert (told.status_code, told.json()["code"]) == (400, 3)
    assert site.client.post(path, content=b"", headers=site.headers(content_type="text/plain")).status_code == 415
    assert site.client.get(path).status_code == 405


@pytest.mark.parametrize("path", ["/v1/metrics", "/v1/logs", "/v1/traces", "/api/v1/write"])
def test_who_sends_telemetry_too_fast_is_told_when_to_come_again(site: Site, path: str) -> None:
    site.desk.telemetry._sense.sources = SourceBook({"otel": SourceRule(per_minute=2)})

    def send() -> Any:
        if path == "/api/v1/write":
            return site.write(write_v1(sent(site, 1)), source="otel")
        return site.client.post(path, content=b"", headers=site.headers("otel", content_type=PROTO))

    assert [send().status_code < 300 for _ in range(2)] == [True, True]
    slowed = send()
    assert slowed.status_code == 429
    assert 1 <= int(slowed.headers["retry-after"]) <= 60
    if path != "/api/v1/write":  # in the form that OTLP's clients read
        assert (slowed.headers["content-type"], slowed.content[:2]) == (PROTO, b"\x08\x0e")
    assert site.write(write_v1(sent(site, 1)), source="other").status_code == 204  # nobody else waits for it
    site.clock.advance(dt.timedelta(seconds=int(slowed.headers["retry-after"])))
    assert send().status_code < 300


def test_only_tokens_that_may_send_are_heard(site: Site) -> None:
    nobody = site.client.post("/v1/metrics", content=b"", headers={"Content-Type": PROTO})
    reader = site.client.post("/v1/metrics", content=b"", headers=site.headers(scope="read", content_type=PROTO))
    assert (nobody.status_code, reader.status_code) == (401, 403)


def test_what_unpacks_to_too_much_is_refused_before_it_does(site: Site) -> None:
    bomb = b"\x00" * 5_000_000
    zipped = site.headers(content_type=PROTO, content_encoding="gzip")
    assert site.client.post("/v1/logs", content=gzip.compress(bomb), headers=zipped).status_code == 413
    assert site.write(bomb).status_code == 413
    liar = site.headers(content_type=PROTO, content_encoding="snappy")
    assert site.client.post("/api/v1/write", content=b"\xff\xff\xff\xff\x0f", headers=liar).status_code in (400, 413)
    assert site.client.post("/api/v1/write", content=b"garbage", headers=liar).status_code == 400
    assert site.client.post("/v1/logs", content=b"garbage", headers=zipped).status_code == 400
    brotli = site.headers(content_type=PROTO, content_encoding="br")
    assert site.client.post("/v1/logs", content=b"", headers=brotli).status_code == 415
    plain = site.headers(content_type=PROTO)
    assert site.client.post("/api/v1/write", content=b"", headers=plain).status_code == 415
    odd = site.headers(content_type=f"{PROTO};proto=other.Request", content_encoding="snappy")
    assert site.client.post("/api/v1/write", content=b"", headers=odd).status_code == 415


def test_an_anomaly_is_a_signal_before_the_sender_is_answered_and_so_is_its_end(site: Site) -> None:
    for minute in range(200):
        site.clock.advance(dt.timedelta(seconds=60))
        site.write(write_v1(sent(site, 3, 50.0 + minute % 7)), source="prom")
    assert site.signals() == []
    site.clock.advance(dt.timedelta(seconds=60))
    odd = sent(site, 3, 51.0)
    odd[1] = (odd[1][0], [(odd[1][1][0][0], 5_000.0)])
    site.write(write_v1(odd), source="prom")
    found = site.signals()
    assert [(one.source, one.kind, one.state) for one in found] == [("telemetry", "anomaly", "firing")]
    told = re.fullmatch(r"load of h1: expected ([\d.]+)–([\d.]+), saw 5,000", found[0].title.raw)
    assert told is not None
    assert 40 < float(told[1]) < 53 < float(told[2]) < 70
    assert found[0].label("telemetry_source") == "prom"
    for minute in range(400):
        site.clock.advance(dt.timedelta(seconds=60))
        site.write(write_v1(sent(site, 3, 50.0 + minute % 7)), source="prom")
    assert [one.state for one in site.signals()] == ["firing", "resolved"]
    assert site.signals()[0].fingerprint == site.signals()[1].fingerprint


def test_a_label_of_a_metric_says_where_the_trouble_is_and_not_what_or_whose(site: Site) -> None:
    named = (("__name__", "account_lockouts"), ("class", "account_lockout"), ("user", "ada"), ("service", "mail"))

    def write(value: float) -> None:
        site.clock.advance(dt.timedelta(seconds=60))
        site.write(write_v1([(named, [(int(site.clock.now().timestamp() * 1_000), value)])]), source="prom")

    for minute in range(200):
        write(50.0 + minute % 7)
    write(5_000.0)
    found = site.signals()[0]
    assert {name: text.raw for name, text in found.labels.items()} == {
        "class": "metric_anomaly", "metric": "account_lockouts", "service": "mail", "telemetry_source": "prom",
    }  # fmt: skip
    assert "user=ada" in found.body.raw


def test_a_new_error_in_a_well_known_log_is_a_signal_and_ends_when_it_is_gone(site: Site) -> None:
    def say(*texts: str) -> None:
        request = ExportLogsServiceRequest()
        outer = request.resource_logs.add()
        outer.resource.attributes.add(key="service.name").value.string_value = "shop"
        records = outer.scope_logs.add().log_records
        for text in texts:
            records.add(severity_number=17 if "failed" in text else 9).body.string_value = text
        answer = site.client.post(
            "/v1/logs", content=request.SerializeToString(), headers=site.headers(content_type=PROTO)
        )
        assert answer.status_code == 200

    for minute in range(40):
        site.clock.advance(dt.timedelta(seconds=60))
        say(*[f"order {minute * 100 + number} placed" for number in range(20)], "payment of order 7 failed")
    assert site.signals() == []
    say("connection to 10.0.0.7 failed: refused")
    found = site.signals()
    assert [one.label("class") for one in found] == ["log_pattern_new"]
    assert found[0].body.raw == "connection to 10.0.0.7 failed: refused"
    site.clock.advance(dt.timedelta(seconds=3_600))
    site.desk.telemetry.look()
    assert [one.state for one in site.signals()] == ["firing", "resolved"]


def test_what_was_learnt_survives_a_restart_and_a_broken_file_does_not_stop_one(site: Site, tmp_path: Path) -> None:
    site.write(write_v1(sent(site, 5)), source="prom")
    site.desk.telemetry.save()
    again = TelemetryRoom(TelemetrySettings(), file=tmp_path / FILE)
    state = again.state()
    assert [(one.source, one.series) for one in state.sources] == [("prom", 5)]
    assert not list(tmp_path.glob(".*.npz*"))
    for broken in (b"", b"PK\x03\x04nonsense", (tmp_path / FILE).read_bytes()[:-200]):
        (tmp_path / FILE).write_bytes(broken)
        assert TelemetryRoom(TelemetrySettings(), file=tmp_path / FILE).state().series == 0


def test_switched_off_it_says_so_and_nobody_sends_again(
    journal: Journal, clock: ManualClock, entrance: Entrance
) -> None:
    off = open_site(journal, clock, entrance, None)
    with off.client:
        assert off.write(write_v1(sent(off, 1))).status_code == 404
        answer = off.client.post("/v1/logs", content=b"{}", headers=off.headers(content_type="application/json"))
    assert answer.status_code == 404
    assert "telemetry.enabled" in json.loads(answer.content)["message"]
