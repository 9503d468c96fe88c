"""Every way in for machines, with payloads that come there: connectors' fixtures, the vendors' own paths, telemetry."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf import json_format
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from bench.prometheus_messages import write_v1, write_v2
from bench.receiver_bodies import Body
from tickless.sdk.registry import connector_folders, load_connector
from tickless.sdk.testing.fixtures import Fixture, fixtures_of

NOT_POSTED: Final = frozenset({"email", "matrix", "teams"})
"""They listen, or are signed with keys that only their vendor has: what they bring is handed in behind the door."""
SNAPPY: Final = "snappy"
"""Encoding of telemetry that is packed after it was changed: what is inside is what is read."""
LEFT_OUT: Final = frozenset({"webchat"})
"""The house's own chat: nobody posts as it."""
SECRET: Final = "env:BENCH"
SIGNED: Final[dict[str, dict[str, Any]]] = {
    "sentry": {"client_secret": SECRET}, "cloudwatch": {"key": SECRET}, "slack": {"mode": "events", "signing_secret": SECRET},
    "jira": {"webhook_secret": SECRET}, "github": {"webhook_secret": SECRET}, "gitlab": {"webhook_token": SECRET},
}  # fmt: skip
"""Connectors whose vendor signs: with a secret that the bench knows."""


@dataclass(frozen=True)
class Target:
    """One payload at one way in. `path` None: handed in as `source`, as its listener does. `kept`: what cannot be read belongs
    into the quarantine."""

    name: str
    source: str
    original: Body
    path: str | None
    method: str = "POST"
    kept: bool = True


def receiving() -> dict[str, dict[str, Any]]:
    """Source → its settings, for every connector that receives."""
    found: dict[str, dict[str, Any]] = {}
    for folder in connector_folders():
        connector = load_connector(folder)
        if connector.receiver is not None and folder.name not in LEFT_OUT:
            for number, fixture in enumerate(_distinct(fixtures_of(connector))):
                own = fixture.settings.model_dump(mode="json", exclude_unset=True)
                found[_source(folder.name, number)] = own | SIGNED.get(folder.name, {})
    return found


def targets() -> list[Target]:
    """Everything, each with the settings that it was written for."""
    found: list[Target] = []
    for folder in connector_folders():
        connector = load_connector(folder)
        if connector.receiver is None or folder.name in LEFT_OUT:
            continue
        fixtures = fixtures_of(connector)
        kinds = [one.settings for one in _distinct(fixtures)]
        for fixture in fixtures:
            source = _source(folder.name, kinds.index(fixture.settings))
            path = None if folder.name in NOT_POSTED else f"/hooks/{source}"
            found.append(Target(f"{folder.name}/{fixture.name}", source, _original(fixture), path))
    return [*found, *_drop_ins(), *_telemetry()]


def _source(name: str, number: int) -> str:
    return name if number == 0 else f"{name}-{number}"


def _distinct(fixtures: list[Fixture]) -> list[Fixture]:
    """The first of each settings."""
    seen: list[Any] = []
    return [one for one in fixtures if one.settings not in seen and not seen.append(one.settings)]  # type: ignore[func-returns-value]


def _original(fixture: Fixture) -> Body:
    payload = fixture.payload
    headers = {name: value for name, value in payload.headers.items() if value.isascii() and value.isprintable()}
    return Body(_unsigned(payload.body), payload.content_type, headers)


def _unsigned(body: bytes) -> bytes:
    """Amazon's envelopes name a certificate that only Amazon has; ours come with the key of the source instead."""
    return body.replace(b"SigningCertURL", b"NoCertURL").replace(b"SignatureVersion", b"NoVersion")


def _drop_ins() -> list[Target]:
    paths = {
        "alertmanager": [("POST", "/api/v2/alerts", "api-v2")],
        "pagerduty": [
            ("POST", "/v2/enqueue", "trigger"), ("POST", "/v2/enqueue", "resolve"),
            ("POST", "/v2/change/enqueue", "change"), ("POST", "/generic/2010-04-15/create_event.json", "version-1"),
        ],
        "opsgenie": [
            ("POST", "/v2/alerts", "plain"), ("POST", "/v2/alerts/disk-db-1/close", "close"),
            ("POST", "/v2/alerts/disk-db-1/acknowledge", "acknowledge"), ("POST", "/v2/alerts/a%2Fb%20é/notes", "plain"),
            ("DELETE", "/v2/alerts/disk-db-1/tags", "plain"), ("PUT", "/v2/alerts/disk-db-1/priority", "plain"),
            ("POST", "/v2/heartbeats/nightly/ping", "ping"),
        ],
    }  # fmt: skip
    found = []
    for name, calls in paths.items():
        folder = next(one for one in connector_folders() if one.name == name)
        by_name = {one.name: one for one in fixtures_of(load_connector(folder))}
        found += [
            Target(f"{name}{path}", name, _original(by_name[fixture]), path, method, kept=False)
            for method, path, fixture in calls
        ]
    return found


def _telemetry() -> list[Target]:
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]}
    at = str(int(dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC).timestamp() * 1e9))
    point = {"timeUnixNano": at, "asDouble": 4.5, "attributes": [{"key": "route", "value": {"stringValue": "cart"}}]}
    histogram = {"timeUnixNano": at, "count": "4", "sum": 2.5, "bucketCounts": ["1", "3"], "explicitBounds": [0.5]}
    metrics = [
        {"name": "memory", "gauge": {"dataPoints": [point]}},
        {"name": "orders", "sum": {"isMonotonic": True, "aggregationTemporality": 2, "dataPoints": [point]}},
        {"name": "latency", "histogram": {"aggregationTemporality": 2, "dataPoints": [histogram]}},
    ]
    record = {
        "timeUnixNano": at,
        "severityNumber": 17,
        "severityText": "ERROR",
        "body": {"stringValue": "order 7 failed"},
    }
    span = {
        "traceId": "5b8efff798038103d269b633813fc60c", "spanId": "eee19b7ec3c1b174", "name": "GET /cart", "kind": 2,
        "startTimeUnixNano": at, "endTimeUnixNano": at, "status": {"code": 2},
    }  # fmt: skip
    forms: dict[str, tuple[dict[str, Any], Any]] = {
        "metrics": (
            _request("resourceMetrics", resource, "scopeMetrics", {"metrics": metrics}),
            ExportMetricsServiceRequest,
        ),
        "logs": (_request("resourceLogs", resource, "scopeLogs", {"logRecords": [record]}), ExportLogsServiceRequest),
        "traces": (_request("resourceSpans", resource, "scopeSpans", {"spans": [span]}), ExportTraceServiceRequest),
    }
    found = []
    for kind, (document, message) in forms.items():
        packed = json_format.ParseDict(document, message()).SerializeToString()
        as_json = Body(json.dumps(document).encode(), "application/json", {})
        found.append(Target(f"otlp/{kind}.json", "otlp", as_json, f"/v1/{kind}", kept=False))
        found.append(
            Target(f"otlp/{kind}", "otlp", Body(packed, "application/x-protobuf", {}), f"/v1/{kind}", kept=False)
        )
    series = [
        (
            [("__name__", "up"), ("job", "node"), ("instance", f"host-{number}")],
            [(1_772_443_800_000 + number, float(number))],
        )
        for number in range(3)
    ]
    v2 = "application/x-protobuf;proto=io.prometheus.write.v2.Request"
    for name, write, media in (("1", write_v1, "application/x-protobuf"), ("2", write_v2, v2)):
        body = Body(write(series), media, {"content-encoding": SNAPPY})
        found.append(Target(f"remote-write/{name}", "prometheus", body, "/api/v1/write", kept=False))
    return found


def _request(outer: str, resource: Any, inner: str, what: dict[str, Any]) -> dict[str, Any]:
    return {outer: [{"resource": resource, inner: [{"scope": {"name": "bench"}, **what}]}]}
