"""Identity and meaning of CDEvents, however they travel."""

import base64
import datetime as dt
import json
from typing import Any

import pytest

from tickless.connectors.cdevents.settings import Settings
from tickless.connectors.cdevents.signals import RECEIVER
from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Payload
from tickless.sdk import Item


def event(kind: str, subject: str = "s-1", **content: Any) -> dict[str, Any]:
    context = {
        "id": f"{kind}/{subject}",
        "source": "/ci",
        "type": f"dev.cdevents.{kind}.0.3.0",
        "timestamp": "2026-03-02T09:00:00Z",
    }
    return {"context": context, "subject": {"id": subject, "content": content}}


def arrive(body: Any, **settings: Any) -> list[Item]:
    read_with = Settings.model_validate(settings)
    payload = Payload(source="cd", received_at=dt.datetime(2026, 3, 2, tzinfo=dt.UTC), body=json.dumps(body).encode())
    return [RECEIVER.read(raw, payload, read_with) for raw in RECEIVER.split(payload, read_with)]


def test_an_event_is_the_same_however_it_travels() -> None:
    bare = event("service.deployed", environment={"id": "north"})
    envelope = {"specversion": "1.0", "id": "1", "source": "/ci", "type": bare["context"]["type"]}
    packed = base64.b64encode(json.dumps(bare).encode()).decode()
    ways = [bare, {**envelope, "data": bare}, {**envelope, "data_base64": packed}]
    assert len({str(item) for item in arrive(ways)}) == 1
    assert {str(item) for way in ways for item in arrive(way)} == {str(arrive(bare)[0])}


@pytest.mark.parametrize(
    ("kind", "meant"),
    [
        ("service.deployed", "deploy"), ("service.rolledback", "deploy"), ("deployment.finished", "deploy"),
        ("change.merged", "change"), ("environment.modified", "change"), ("build.finished", "alert"),
    ],
)  # fmt: skip
def test_deployments_and_changes_are_no_trouble(kind: str, meant: str) -> None:
    item = arrive(event(kind))[0]
    assert (item.kind, item.state) == (meant, "info")


def test_an_incident_fires_until_it_is_resolved() -> None:
    items = arrive([event(f"incident.{step}") for step in ("detected", "reported", "resolved")])
    assert [item.state for item in items] == ["firing", "firing", "resolved"]
    assert len({item.fingerprint for item in items}) == 1
    assert len({item.event_key for item in items}) == 3


@pytest.mark.parametrize(
    ("kind", "states"), [("bug", ["firing", "firing", "resolved"]), ("task", ["info", "info", "resolved"])]
)
def test_only_tickets_of_trouble_are_trouble(kind: str, states: list[str]) -> None:
    items = arrive([event(f"ticket.{step}", ticketType=kind) for step in ("created", "updated", "closed")])
    assert [item.state for item in items] == states


def test_an_incident_says_which_event_led_to_it() -> None:
    told = event("incident.detected")
    told["context"]["links"] = [3, {"linkType": "RELATION", "target": {"contextId": "d-1"}}]
    assert (arrive(told)[0].labels or {})["caused_by"] == "d-1"


@pytest.mark.parametrize("missing", ["id", "source", "type"])
def test_what_every_event_has_is_required(missing: str) -> None:
    lacking = event("service.deployed")
    del lacking["context"][missing]
    with pytest.raises(PayloadRejected, match=missing):
        arrive(lacking)


@pytest.mark.parametrize(
    "body", [{}, {"data": None}, {"data_base64": "?"}, {"context": {}, "subject": {}}, 7, [7], event("nothing")]
)
def test_what_is_no_cdevent_is_refused_with_a_mend(body: Any) -> None:
    with pytest.raises(PayloadRejected) as refused:
        arrive(body)
    assert refused.value.mend
