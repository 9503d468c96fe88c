"""What somebody who sends to PagerDuty relies on, here as there."""

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.connectors.pagerduty.drop_in import DROP_IN, take, take_change, token
from tickless.connectors.pagerduty.events import LONGEST_FINGERPRINT
from tickless.connectors.pagerduty.settings import Settings
from tickless.connectors.pagerduty.signals import RECEIVER
from tickless.domain.errors import PayloadRejected, Unauthenticated
from tickless.domain.signal import Payload
from tickless.sdk import Item
from tickless.sdk.drop_in import Asked, Handed

NOW = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
TROUBLE = {"summary": "shop is down", "source": "shop-1", "severity": "critical"}
texts = st.text(max_size=30)


def asked(body: Any) -> Asked:
    return Asked("POST", {}, {}, {}, json.dumps(body).encode(), NOW, "r-1")


def read(handed: Handed) -> Item:
    payload = Payload(source="pd", received_at=NOW, body=handed.body)
    return RECEIVER.read(RECEIVER.split(payload, Settings())[0], payload, Settings())


def send(**event: Any) -> Item:
    return read(take(asked({"routing_key": "tkl_secret", **event})))


@given(st.sampled_from(["routing_key", "service_key"]), texts.filter(bool))
def test_the_key_opens_the_door_and_is_kept_nowhere(name: str, text: str) -> None:
    key = f"tkl_{text}_key"
    came = asked({name: key, "event_action": "trigger", "payload": TROUBLE})
    assert token(came) == key
    assert set(json.loads(take(came).body)) == {"event_action", "payload", "dedup_key"}


def test_the_steps_of_an_alert_are_about_one_thing() -> None:
    steps = [send(event_action=one, dedup_key="k", payload=TROUBLE) for one in ("trigger", "acknowledge", "resolve")]
    assert [one.state for one in steps] == ["firing", "info", "resolved"]
    assert len({one.fingerprint for one in steps}) == 1


def test_a_trigger_without_a_key_hears_one_and_is_the_same_alert_when_it_is_sent_again() -> None:
    first, again = (
        take(asked({"event_action": "trigger", "payload": {**TROUBLE, **more}}))
        for more in ({}, {"custom_details": {"load": 7}})
    )
    other = take(asked({"event_action": "trigger", "payload": {**TROUBLE, "source": "shop-2"}}))
    assert first.about == again.about == read(first).fingerprint
    assert other.about != first.about


@given(st.text(min_size=1, max_size=600), st.text(min_size=1, max_size=600))
def test_keys_of_any_length_stay_apart(one: str, other: str) -> None:
    found = [send(event_action="resolve", dedup_key=key).fingerprint for key in (one, other)]
    assert (found[0] == found[1]) is (one == other)
    assert all(len(fingerprint) <= LONGEST_FINGERPRINT for fingerprint in found)


@pytest.mark.parametrize("action", ["acknowledge", "resolve"])
def test_what_is_acknowledged_or_resolved_is_named(action: str) -> None:
    with pytest.raises(PayloadRejected, match="dedup_key"):
        send(event_action=action)


@pytest.mark.parametrize(
    "written", ["2026-03-02T10:20:00+01:00", "2026-03-02T09:20:00+00:00Z", "2026-03-02T09:20:00Z", 1772443200]
)
def test_a_change_keeps_its_time_however_it_is_written(written: object) -> None:
    item = read(take_change(asked({"payload": {"summary": "1.4.3 is out", "timestamp": written}})))
    assert (item.kind, item.state, item.occurred_at) == (
        "change",
        "info",
        dt.datetime(2026, 3, 2, 9, 20, tzinfo=dt.UTC),
    )


def test_two_changes_that_say_the_same_are_two() -> None:
    first, second = (
        take_change(Asked("POST", {}, {}, {}, b'{"payload": {"summary": "restarted"}}', at, "r"))
        for at in (NOW, NOW + dt.timedelta(minutes=1))
    )
    assert first.body != second.body
    assert read(second).occurred_at == NOW + dt.timedelta(minutes=1)


def test_only_a_change_of_the_doors_own_is_a_change() -> None:
    with pytest.raises(PayloadRejected, match="event_action"):
        send(payload=TROUBLE)


def test_a_wrong_key_is_told_in_their_words() -> None:
    answer = DROP_IN.refused(asked({}), Unauthenticated("not known", mend="make one"))
    assert answer.status == 400
    assert answer.body["errors"] == ["Invalid routing key", "make one"]


@pytest.mark.parametrize(("client", "host"), [("Alertmanager", "shop-1"), ("shop-1", None)])
def test_a_source_that_only_names_the_client_is_no_host(client: str, host: str | None) -> None:
    item = send(event_action="trigger", client=client, payload=TROUBLE)
    assert (item.labels or {}).get("host") == host


def hook(kind: str, data: Any) -> Item:
    body = json.dumps({"event": {"id": f"e-{kind}", "event_type": kind, "data": data}}).encode()
    payload = Payload(source="pd", received_at=NOW, body=body)
    return RECEIVER.read(body, payload, Settings())


def test_its_own_webhook_tells_of_an_incident_from_begin_to_end() -> None:
    incident = {"id": "P1", "title": "shop is down", "urgency": "high"}
    steps = ["triggered", "acknowledged", "reassigned", "resolved", "reopened"]
    items = [hook(f"incident.{step}", incident) for step in steps] + [
        hook("incident.annotated", {"incident": incident, "content": "so"})
    ]
    assert [item.state for item in items] == ["firing", "info", "info", "resolved", "firing", "info"]
    assert len({item.fingerprint for item in items}) == 1
    assert items[-1].body == "so"


@pytest.mark.parametrize("data", [None, {}, {"incident": {}}, 7])
def test_a_webhook_without_an_incident_is_refused(data: Any) -> None:
    with pytest.raises(PayloadRejected):
        hook("incident.triggered", data)
    with pytest.raises(PayloadRejected):
        hook("service.updated", {"id": "S"})
