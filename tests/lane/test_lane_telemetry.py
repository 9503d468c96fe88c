"""Telemetry from the clients that the world uses: a real Prometheus writes to us, and so does OpenTelemetry's own SDK."""

from __future__ import annotations

import datetime as dt
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from tests.lane.houses import house_over
from tests.servers.processes import HOST, Program, free_port, program
from tests.waiting import until

from tickless.app.build import House
from tickless.app.serving import local_user, serving
from tickless.domain.errors import PayloadRejected, Rejected
from tickless.domain.world import World
from tickless.flow.pulling import Pulling
from tickless.sdk.secrets import Secrets
from tickless.stages.sense.telemetry.options import PullSettings
from tickless.stages.sense.telemetry.service import SourceState


@dataclass(frozen=True)
class Running:
    """A house that is served, and a token of the source `shop`."""

    house: House
    url: str
    token: str

    def source(self) -> SourceState | None:
        state = self.house.desk.telemetry.state()
        assert state is not None
        return next((one for one in state.sources if one.source == "shop"), None)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    with (
        house_over(tmp_path / "house", connectors={}, bindings={}, secrets={}, world=World.of()) as house,
        serving(house) as url,
    ):
        user = local_user(house)
        made = house.entrance.create_token("shop", user=user, scopes=["signals:write"], source="shop")
        yield Running(house, url, made.token)


@contextmanager
def prometheus(folder: Path, **more: object) -> Iterator[tuple[Program, str]]:
    """A Prometheus that watches itself, every second: (process, address)."""
    port, binary = free_port(), program("prometheus") or "prometheus"
    watched = {"job_name": "itself", "static_configs": [{"targets": [f"{HOST}:{port}"]}]}
    settings = {"global": {"scrape_interval": "1s"}, "scrape_configs": [watched], **more}
    (folder / "prometheus.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    arguments = [
        f"--config.file={folder}/prometheus.yml",
        f"--storage.tsdb.path={folder}/data",
        f"--web.listen-address={HOST}:{port}",
    ]
    daemon = Program([binary, *arguments], log=folder / "prometheus.log", cwd=folder)
    try:
        daemon.start(lambda: _ready(port))
        yield daemon, f"http://{HOST}:{port}"
    finally:
        daemon.stop()


def _ready(port: int) -> bool:
    """It listens before it answers: until its storage is open it says 503."""
    try:
        urllib.request.urlopen(f"http://{HOST}:{port}/-/ready", timeout=1).close()
    except OSError:
        return False
    return True


@pytest.mark.server("prometheus")
def test_a_real_prometheus_writes_its_own_metrics_to_us(running: Running, tmp_path: Path) -> None:
    writes = {
        "url": f"{running.url}/api/v1/write",
        "authorization": {"credentials": running.token},
        "queue_config": {"batch_send_deadline": "1s", "min_backoff": "100ms"},
        "metadata_config": {"send": True, "send_interval": "1s"},
    }
    with prometheus(tmp_path, remote_write=[writes]) as (daemon, _):
        until(lambda: _points(running) > 1_000, what="a thousand values to be written")
        first = running.source()
        assert first is not None
        assert first.series > 100
        until(lambda: _points(running) > 2 * first.points, what="the same series to go on")
        later = running.source()
        assert later is not None
        assert later.series < 1.5 * first.series
        assert later.refused == 0
        assert "non-recoverable error" not in daemon.tail(100_000)
    known = running.house.desk.doctor()
    assert next(one for one in known if one.check == "telemetry").ok


@pytest.mark.server("prometheus")
def test_a_real_prometheus_is_asked_and_a_wrong_query_is_said_so(running: Running, tmp_path: Path) -> None:
    queries = {"alive": "up", "targets": "count(up)", "one": "scalar(vector(1))"}
    with prometheus(tmp_path) as (_, url):
        good, bad = PullSettings(url=url, queries=queries), PullSettings(url=url, queries={"x": "up["})
        no_vector = PullSettings(url=url, queries={"x": "up[5m]"})
        pulling = Pulling(
            running.house.desk.telemetry, {"shop": good, "bad": bad, "matrix": no_vector}, Secrets().reveal
        )
        until(lambda: pulling.ask("shop") == 3, what="the first scrape")
        with pytest.raises(Rejected):
            pulling.ask("bad")
        with pytest.raises(PayloadRejected):
            pulling.ask("matrix")
        now = running.house.desk.clock.now()
        before = _points(running)
        pulling.look(now)
        until(lambda: _points(running) == before + 3, what="a round of its own")
        pulling.look(now + dt.timedelta(seconds=29))
        assert _points(running) == before + 3
    found = running.source()
    assert found is not None
    assert found.series == 3


@pytest.mark.server("opentelemetry")
def test_opentelemetrys_sdk_sends_metrics_logs_and_traces(running: Running) -> None:
    from opentelemetry._logs import SeverityNumber
    from opentelemetry.exporter.otlp.proto.http import Compression
    from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk._logs import LoggerProvider
    from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.trace import SpanKind, StatusCode, set_span_in_context

    headers = {"Authorization": f"Bearer {running.token}"}
    resource, other = (Resource.create({"service.name": name}) for name in ("shop", "payment"))

    reader = PeriodicExportingMetricReader(
        OTLPMetricExporter(f"{running.url}/v1/metrics", headers=headers, compression=Compression.Gzip)
    )
    meters = MeterProvider([reader], resource=resource)
    meter = meters.get_meter("test")
    counter, histogram = meter.create_counter("orders"), meter.create_histogram("latency")
    for route in ("cart", "search"):
        counter.add(3, {"route": route})
        histogram.record(0.2, {"route": route})
    assert meters.force_flush()
    meters.shutdown()

    logs = LoggerProvider(resource=resource)
    logs.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter(f"{running.url}/v1/logs", headers=headers)))
    for number in range(5):
        logs.get_logger("test").emit(body=f"order {number} placed", severity_number=SeverityNumber.INFO)
    assert logs.force_flush()
    logs.shutdown()

    callers, callees = TracerProvider(resource=resource), TracerProvider(resource=other)
    for provider in (callers, callees):
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{running.url}/v1/traces", headers=headers)))
    for number in range(4):
        outer = callers.get_tracer("test").start_span("POST /orders", kind=SpanKind.CLIENT)
        inner = callees.get_tracer("test").start_span(
            "charge", context=set_span_in_context(outer), kind=SpanKind.SERVER
        )
        if number == 3:
            inner.set_status(StatusCode.ERROR)
        inner.end()
        outer.end()
    assert callees.force_flush()  # the child comes first: it waits for its parent
    assert callers.force_flush()
    callers.shutdown()
    callees.shutdown()

    found = running.source()
    assert found is not None
    assert (found.series, found.points, found.lines, found.spans) == (
        6,
        12,
        5,
        8,
    )  # the last metrics come again as it shuts down
    room = running.house.desk.telemetry.room
    assert room is not None
    assert [(one.caller, one.callee, one.count, one.errors) for one in room.calls()] == [("shop", "payment", 4, 1)]
    assert [(one.service, one.name) for one in room.operations()] == [("payment", "charge"), ("shop", "POST /orders")]


def _points(running: Running) -> int:
    found = running.source()
    return found.points if found is not None else 0
