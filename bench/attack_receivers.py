"""The receivers as a door: texts in alerts, and bodies as their senders would post them."""

from __future__ import annotations

import asyncio
import json
import re

import httpx2

from bench.attack_form import Received
from bench.attack_given import genuine_signals
from bench.attack_scene import Scene, chance_of
from bench.roles import fill
from bench.talking import NotReachable
from tickless.app.sample_house import MONITOR
from tickless.domain.signal import Payload
from tickless.kit.ids import new_id

OTLP = "otlp"
TELEMETRY = frozenset({"log line", "trace attribute"})
"""Doors by which a sender of telemetry writes."""


def receive(scene: Scene, payload: str | Received, *, door: str | None = None) -> None:
    """Send it to its receiver; a text becomes an alert that carries it. A receiver that fails is a problem of its own."""
    if isinstance(payload, str):
        now = scene.house.house.rooms.clock.now()
        body = _webhook(scene, door or scene.attack.door, payload, genuine=door is not None)
        asyncio.run(scene.house.house.desk.receive(Payload(source=MONITOR, received_at=now, body=body)))
        return
    source = _source(payload)
    if source not in scene.house.house.rooms.registry.instances:
        raise NotReachable(f"there is no receiver {payload.receiver!r} here")
    text = payload.raw if payload.raw is not None else json.dumps(payload.body, ensure_ascii=False)
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {scene.tokens.get(source, '')}"}
    headers |= {key: fill(value, scene.roles) for key, value in payload.headers.items()}
    answer = httpx2.request(
        payload.method.upper(), f"{scene.outside.channels.url}/hooks/{source}", content=fill(text, scene.roles).encode(),
        headers=headers, timeout=20, trust_env=False,
    )  # fmt: skip
    if answer.status_code >= 500:
        scene.problems.append(f"the receiver failed: it answered {answer.status_code}")
    if payload.status is not None and answer.status_code // 100 != payload.status // 100:
        scene.problems.append(f"the receiver answered {answer.status_code}, not {payload.status}")


def _source(payload: Received) -> str:
    name = payload.receiver.lower()
    return {"alertmanager": MONITOR, "prometheus": MONITOR}.get(name, name)


def give_tokens(scene: Scene) -> None:
    """Whoever sends signals in this entry has the token of its source, before the attack begins."""
    given = scene.attack.given
    signals = [*scene.attack.payloads(), *genuine_signals(scene, given.posted), *genuine_signals(scene, given.then)]
    if scene.attack.door in TELEMETRY:
        scene.tokens[OTLP] = sender_token(scene, OTLP)
    for source in {_source(one) for one in signals if isinstance(one, Received)}:
        if source in scene.house.house.rooms.registry.instances:
            scene.tokens[source] = sender_token(scene, source)


def sender_token(scene: Scene, source: str) -> str:
    """A token with which a monitor sends signals of this source."""
    entrance = scene.house.house.entrance
    with scene.house.house.journal.read() as tx:
        known = tx.access.user_by_login("bench-monitor")
    user = known or entrance.create_user("bench-monitor", roles=["admin"], person=None)
    return entrance.create_token(f"sends-{source}", user=user, scopes=["signals:write"], source=source).token


def _webhook(scene: Scene, door: str, text: str, *, genuine: bool = False) -> bytes:
    """`genuine`: from the monitor itself, which speaks of one trouble and may say that it is over."""
    service = scene.roles.ref("{service}") if "service" in scene.roles.by_token else "intranet"
    labels = {"alertname": "HighErrorRate", "service": service, "severity": "warning"}
    annotations = {"summary": "error rate above the line"}
    if door == "alert label":
        labels |= {"instance": text, "note": text}
    else:
        annotations = {"summary": text, "description": text, "runbook_url": text}
    now = scene.house.house.rooms.clock.now().isoformat()
    over = genuine and bool(re.search(r"\b(?:resolved|recovered|over|ok)\b", text.casefold()))
    alert = {
        "status": "resolved" if over else "firing", "labels": labels, "annotations": annotations, "startsAt": now,
        "endsAt": now if over else "0001-01-01T00:00:00Z", "generatorURL": "http://127.0.0.1/graph",
        "fingerprint": f"{chance_of(scene.attack.id, 'genuine'):x}" if genuine else new_id("fp"),
    }  # fmt: skip
    body = {
        "version": "4", "status": alert["status"], "receiver": "tickless", "groupKey": "{}", "groupLabels": {},
        "commonLabels": labels, "commonAnnotations": annotations, "externalURL": "http://127.0.0.1", "alerts": [alert],
    }  # fmt: skip
    return json.dumps(body).encode()
