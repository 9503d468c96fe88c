"""What a person who runs Grafana relies on."""

import datetime as dt
import json
from typing import Any

import pytest

from tickless.connectors.grafana.settings import Settings
from tickless.connectors.grafana.signals import RECEIVER
from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Payload
from tickless.sdk import Item

LABELS = {"alertname": "High latency", "service": "crm"}


def arrive(body: Any, **settings: Any) -> list[Item]:
    read_with = Settings.model_validate(settings)
    payload = Payload(source="g", received_at=dt.datetime(2026, 3, 2, tzinfo=dt.UTC), body=json.dumps(body).encode())
    return [RECEIVER.read(raw, payload, read_with) for raw in RECEIVER.split(payload, read_with)]


def alert(**fields: Any) -> Item:
    return arrive({"alerts": [{"status": "firing", "labels": LABELS, **fields}]})[0]


def rule(**fields: Any) -> Item:
    return arrive({"ruleId": 7, "ruleName": "Disk", "orgId": 1, "state": "alerting", **fields})[0]


def test_trouble_and_its_end_are_about_one_thing_with_or_without_a_fingerprint() -> None:
    for mark in ({}, {"fingerprint": "f"}):
        fired, over = alert(**mark), alert(**mark, status="resolved", endsAt="2026-03-02T09:00:00Z")
        assert fired.fingerprint == over.fingerprint
        assert (fired.state, over.state) == ("firing", "resolved")
    assert rule().fingerprint == rule(state="ok", title="[OK] Disk").fingerprint


def test_rules_without_a_number_are_told_apart_by_name_and_organisation() -> None:
    names = {rule(ruleId=0, ruleName=name, orgId=org).fingerprint for name in "ab" for org in (1, 2)}
    assert len(names) == 4


@pytest.mark.parametrize(
    ("state", "meant"), [("alerting", "firing"), ("ok", "resolved"), ("pending", "info"), ("paused", "info")]
)
def test_the_states_of_a_legacy_rule(state: str, meant: str) -> None:
    assert rule(state=state).state == meant


def test_no_data_is_trouble_unless_it_is_said_to_be_none() -> None:
    body = {"ruleId": 7, "ruleName": "Disk", "state": "no_data"}
    assert [arrive(body, no_data_fires=fires)[0].state for fires in (True, False)] == ["firing", "info"]


def test_where_it_is_is_what_all_series_agree_on() -> None:
    matches = [{"tags": {"host": "edge-2", "mount": mount}} for mount in ("/", "/var")]
    assert (rule(evalMatches=matches).labels or {}).keys() & {"host", "mount"} == {"host"}


@pytest.mark.parametrize("tags", [None, 7, [], {"severity": "high"}])
def test_strange_parts_do_not_lose_an_alert(tags: Any) -> None:
    assert rule(tags=tags, evalMatches=tags).state == "firing"
    assert alert(annotations=tags, values=tags, startsAt=tags).state == "firing"


@pytest.mark.parametrize(
    "body", [{}, [], {"alerts": "no"}, {"alerts": [{}]}, {"alerts": [3]}, {"ruleName": "x", "state": "?"}, "x"]
)
def test_what_cannot_be_read_is_refused_with_a_mend(body: Any) -> None:
    with pytest.raises(PayloadRejected) as refused:
        arrive(body)
    assert refused.value.mend
