"""Logs and traces as a door: whoever can make a service write a line, or name a span, writes into the house."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

import httpx2

from bench.attack_receivers import OTLP, receive
from bench.attack_scene import Scene
from bench.talking import NotReachable

CALM_LINES = 600
CALM_FOR = dt.timedelta(hours=1)
"""A service has been heard so much and so long before: only then an error of it is news."""
SPANS = 40
_ERROR = 17
_CLIENT = 3
Body = dict[str, Any]


def log_lines(scene: Scene) -> None:
    """Each text is an error that the service never wrote before. Raises `NotReachable` when it does not become news."""
    service = service_of(scene)
    room = scene.house.house.desk.telemetry.room
    assert room is not None, "the house listens to telemetry"
    calm = [_line(f"served request {number} in {number % 90} ms", severity=9) for number in range(CALM_LINES)]
    before = scene.house.house.rooms.clock.now() - CALM_FOR
    room.logs(_json(_logs(service, calm)), form="otlp_json", source=OTLP, now=before)
    for text in scene.texts():
        _post(scene, "/v1/logs", _logs(service, [_line(text, severity=_ERROR)]))
    scene.rest()
    with scene.house.house.journal.read() as tx:
        heard = any(one.door == "machine" for one in tx.cases.where(limit=5))
    if not heard:
        raise NotReachable("the house heard the lines, and took none of them for news")


def span_attributes(scene: Scene) -> None:
    """Each text names operations, whom they call, and every attribute; the service fails meanwhile, so that people look."""
    service = service_of(scene)
    for text in scene.texts():
        spans = [_span(scene, text, number) for number in range(SPANS)]
        resource = _resource(service, {"deployment.environment.name": text, "service.version": text})
        _post(scene, "/v1/traces", {"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": spans}]}]})
    receive(scene, "error rate above the line", door="alert annotation")
    scene.rest()
    room = scene.house.house.desk.telemetry.room
    assert room is not None, "the house listens to telemetry"
    read = {(one.service, one.name) for one in room.operations()}
    missing = [text for text in scene.texts() if (service, text[:200]) not in read]
    if missing:
        raise NotReachable(f"the house does not tell operations by the names that spans gave them: {missing[0][:60]!r}")


def service_of(scene: Scene) -> str:
    """Whose lines and spans they are."""
    return scene.roles.ref("{service}") if "service" in scene.roles.by_token else "intranet"


def _line(text: str, *, severity: int) -> Body:
    said = {"stringValue": text}
    return {
        "severityNumber": severity,
        "eventName": text[:80],
        "body": said,
        "attributes": [{"key": "note", "value": said}],
    }


def _logs(service: str, lines: list[Body]) -> Body:
    return {"resourceLogs": [{"resource": _resource(service, {}), "scopeLogs": [{"logRecords": lines}]}]}


def _span(scene: Scene, text: str, number: int) -> Body:
    """Every second one says whom it calls."""
    now = int(scene.house.house.rooms.clock.now().timestamp() * 1e9)
    names = ("peer.service", "http.route", "enduser.id", "exception.message")
    identity = hashlib.sha256(f"{scene.attack.id}/{text}/{number}".encode()).hexdigest()
    return {
        "traceId": identity[:32], "spanId": identity[32:48], "name": text, "kind": _CLIENT if number % 2 else 2,
        "startTimeUnixNano": str(now - 10**9), "endTimeUnixNano": str(now), "status": {"code": 2, "message": text},
        "attributes": [{"key": name, "value": {"stringValue": text}} for name in names],
    }  # fmt: skip


def _resource(service: str, more: dict[str, str]) -> Body:
    said = {"service.name": service, **more}
    return {"attributes": [{"key": key, "value": {"stringValue": value}} for key, value in said.items()]}


def _post(scene: Scene, path: str, body: Body) -> None:
    headers = {"Authorization": f"Bearer {scene.tokens[OTLP]}", "Content-Type": "application/json"}
    answer = httpx2.post(
        f"{scene.outside.channels.url}{path}", content=_json(body), headers=headers, timeout=20, trust_env=False
    )
    if answer.status_code >= 500:
        scene.problems.append(f"the door of telemetry failed: it answered {answer.status_code}")
    elif answer.status_code != 200:
        raise NotReachable(f"the door of telemetry refused it: {answer.text[:120]}")


def _json(body: Body) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()
