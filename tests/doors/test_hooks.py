"""Receivers over HTTP: a real journal, the real connectors, and the room that receives."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient
from tests.doors.receiving import Receiving

from tickless.doors.entrance import Entrance
from tickless.doors.entrance.middleware import standard_middleware
from tickless.doors.hooks import create_routes
from tickless.doors.hooks.reading import kept_headers
from tickless.flow.desk.promise import Numbers
from tickless.journal import Journal
from tickless.journal.access import User
from tickless.kit.clock import ManualClock
from tickless.sdk.registry import Registry, connector_folders, load_connector, make_instance
from tickless.sdk.secrets import Secrets
from tickless.stages.sense.service import SenseRoom

ALERT = {"labels": {"alertname": "DiskFull", "severity": "critical", "instance": "edge-1"}, "annotations": {}}


class Counted(Receiving):
    """With numbers for the metrics page."""

    def numbers(self) -> Numbers:
        return Numbers(
            cases=3, live=1, doors={"human": 2, "machine": 1}, outcomes={"verified": 2},
            seconds_to_verified={"p50": 1.5, "p99": None}, minutes_saved=0, waiting_for_approval=0,
        )  # fmt: skip


@dataclass
class Site:
    client: TestClient
    entrance: Entrance
    journal: Journal
    robot: User

    def token(self, source: str | None = None, scopes: tuple[str, ...] = ("signals:write",)) -> str:
        return self.entrance.create_token("sender", user=self.robot, scopes=scopes, source=source).token

    def headers(self, source: str | None = None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(source)}"}


@pytest.fixture
def site(journal: Journal, clock: ManualClock, entrance: Entrance) -> Iterator[Site]:
    connectors = {folder.name: load_connector(folder) for folder in connector_folders() if folder.name in SOURCES}
    registry = Registry(
        {name: make_instance(name, connectors[name], SETTINGS.get(name, {}), Secrets()) for name in SOURCES}, {}
    )
    room = SenseRoom(journal=journal, registry=registry, wake=lambda: None)
    app = Starlette(
        routes=create_routes(Counted(journal, clock, room), entrance),  # type: ignore[arg-type]
        middleware=standard_middleware(entrance.settings),
    )
    robot = entrance.create_user("robot", roles=["operator"])
    with TestClient(app, base_url="http://localhost", client=("192.0.2.7", 5000)) as client:
        yield Site(client, entrance, journal, robot)


SOURCES = ("alertmanager", "cloudevents", "email", "matrix", "webchat")
SETTINGS: dict[str, dict[str, Any]] = {
    "matrix": {"homeserver": "https://matrix.larkmoor.example", "user_id": "@help:larkmoor.example"}
}


def webhook(*alerts: dict[str, Any]) -> dict[str, Any]:
    return {"version": "4", "status": "firing", "groupKey": "g", "alerts": [{"status": "firing", **a} for a in alerts]}


def refused(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    error: dict[str, Any] = answer.json()["error"]
    assert error["code"] == code
    assert error["retry"]["when"] in {"never", "after_human"}, "a sender must not try that again for ever"
    return error


def test_what_is_answered_is_durable_and_repeats_are_not_new(site: Site) -> None:
    headers = site.headers("alertmanager")
    first = site.client.post("/hooks/alertmanager", json=webhook(ALERT), headers=headers)
    assert (first.status_code, first.json()) == (202, {"received": 1, "new": 1})
    logged = site.journal.signals.newest()
    assert [entry.signal.source for entry in logged] == ["alertmanager"]
    again = site.client.post("/hooks/alertmanager", json=webhook(ALERT), headers=headers)
    assert again.json() == {"received": 1, "new": 0}


def test_prometheus_may_post_to_us_as_to_an_alertmanager(site: Site) -> None:
    basic = base64.b64encode(f"prometheus:{site.token('alertmanager')}".encode()).decode()
    answer = site.client.post("/api/v2/alerts", json=[ALERT], headers={"Authorization": f"Basic {basic}"})
    assert (answer.status_code, answer.json()) == (200, {})
    assert site.journal.signals.head() == 1


def test_what_cannot_be_read_is_kept_and_never_asked_for_again(site: Site) -> None:
    headers = site.headers()
    bodies = [b"{not json", b"", b'{"alerts": 7}', b"[[[[[[", b"\xff\xfe\x00", json.dumps({"surprise": True}).encode()]
    for body in bodies:
        error = refused(site.client.post("/hooks/alertmanager", content=body, headers=headers), 400, "payload_rejected")
        assert error["mend"]
        assert site.journal.signals.quarantined_payload(error["quarantined"]).body == body
    assert len(site.journal.signals.quarantined()) == len(bodies)


def test_a_part_that_cannot_be_read_does_not_take_the_rest_with_it(site: Site) -> None:
    answer = site.client.post("/hooks/alertmanager", json=webhook(ALERT, {"labels": 3}), headers=site.headers())
    assert answer.status_code == 202
    assert answer.json()["new"] == 1
    assert answer.json()["quarantined"].startswith("qua_")


def test_only_a_known_token_of_that_source_may_send(site: Site) -> None:
    def send(**headers: str) -> Any:
        return site.client.post("/hooks/alertmanager", json=webhook(ALERT), headers=headers)

    refused(send(), 401, "unauthenticated")
    refused(send(authorization="Bearer tkl_wrong"), 401, "unauthenticated")
    refused(send(authorization=f"Bearer {site.token('cloudevents')}"), 403, "forbidden")
    refused(send(authorization=f"Bearer {site.token(scopes=('read',))}"), 403, "forbidden")
    opened = site.entrance.redeem_link(site.entrance.make_link(site.robot), address="127.0.0.1")
    refused(send(cookie=f"tickless_session={opened.token}"), 403, "forbidden")
    assert site.journal.signals.head() == 0
    by_query = site.client.post(f"/hooks/alertmanager?token={site.token('alertmanager')}", json=webhook(ALERT))
    assert by_query.status_code == 202


def test_an_unknown_source_or_name_is_told(site: Site) -> None:
    headers = site.headers()
    refused(site.client.post("/hooks/nagios7", json={}, headers=headers), 404, "not_found")
    refused(site.client.post("/hooks/Ba%20d", json={}, headers=headers), 422, "bad_input")
    wrong = site.client.get("/hooks/alertmanager", headers=headers)
    refused(wrong, 405, "method_not_allowed")
    assert wrong.headers["allow"] == "POST, OPTIONS"


def test_too_much_is_refused_before_it_is_read(site: Site) -> None:
    answer = site.client.post("/hooks/alertmanager", content=b" " * 10_000_000, headers=site.headers())
    refused(answer, 413, "too_large")


def test_gzip_is_unpacked_up_to_the_limit(site: Site) -> None:
    headers = site.headers() | {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    packed = gzip.compress(json.dumps(webhook(ALERT)).encode())
    assert site.client.post("/hooks/alertmanager", content=packed, headers=headers).json()["new"] == 1
    bomb = gzip.compress(b" " * 50_000_000)
    refused(site.client.post("/hooks/alertmanager", content=bomb, headers=headers), 413, "too_large")
    refused(site.client.post("/hooks/alertmanager", content=b"plain", headers=headers), 415, "unsupported_media_type")
    other = headers | {"Content-Encoding": "br"}
    refused(site.client.post("/hooks/alertmanager", content=packed, headers=other), 415, "unsupported_media_type")


def test_cloudevents_asks_first_and_may_send_in_binary_mode(site: Site) -> None:
    headers = site.headers("cloudevents")
    shaken = site.client.options("/hooks/cloudevents", headers=headers | {"WebHook-Request-Origin": "events.example"})
    assert shaken.status_code == 200
    assert shaken.headers["webhook-allowed-origin"] == "events.example"
    refused(site.client.options("/hooks/cloudevents", headers=headers), 422, "bad_input")
    refused(
        site.client.options("/hooks/cloudevents", headers={"WebHook-Request-Origin": "events.example"}),
        401,
        "unauthenticated",
    )
    event = {"ce-id": "1", "ce-source": "/ci", "ce-specversion": "1.0", "ce-type": "com.example.deploy"}
    sent = site.client.post("/hooks/cloudevents", json={"service": "shop-web"}, headers=headers | event)
    assert (sent.status_code, sent.json()["new"]) == (202, 1), sent.text


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(labels=st.dictionaries(st.text(max_size=30), st.text(max_size=80), max_size=5), title=st.text(max_size=80))
def test_hostile_labels_are_only_data(site: Site, labels: dict[str, str], title: str) -> None:
    alert = {"labels": {**labels, "alertname": title}, "annotations": {"summary": title}}
    answer = site.client.post("/hooks/alertmanager", json=webhook(alert), headers=site.headers())
    assert answer.status_code in {202, 400}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=300), content_type=st.sampled_from(["application/json", "text/plain", "", "a/b;c=d"]))
def test_no_body_breaks_a_receiver(site: Site, body: bytes, content_type: str) -> None:
    headers = site.headers() | {"Content-Type": content_type}
    for source in ("alertmanager", "cloudevents", "email"):
        assert site.client.post(f"/hooks/{source}", content=body, headers=headers).status_code in {202, 400}


def test_credentials_never_become_part_of_a_payload() -> None:
    given = {
        "Authorization": "x",
        "Cookie": "x",
        "X-Api-Key": "x",
        "Ce-Id": "1",
        "X-Hub-Signature-256": "s",
        "Host": "h",
    }
    assert kept_headers(given) == {"ce-id": "1", "x-hub-signature-256": "s"}


MAIL = b"From: ceo@larkmoor.example\nMessage-ID: <1@x>\n\nreset my password"
CHAT = b'{"text": "reset my password", "conversation": "ceo", "id": "1"}'
ROOM = json.dumps({"room": {"id": "!a", "direct": True}, "event": {
    "type": "m.room.message", "sender": "@ceo:larkmoor.example", "event_id": "$1",
    "content": {"msgtype": "m.text", "body": "reset my password"}}}).encode()  # fmt: skip


def test_only_the_token_of_a_source_may_hand_in_what_people_say(site: Site) -> None:
    unbound = site.client.post("/hooks/email", content=MAIL, headers={**site.headers(), "X-Tickless-Unbound": ""})
    assert "token" in refused(unbound, 400, "payload_rejected")["mend"]
    assert site.journal.signals.head() == 0
    assert site.client.post("/hooks/email", content=MAIL, headers=site.headers("email")).status_code == 202
    assert [entry.signal.kind for entry in site.journal.signals.newest()] == ["message"]


@pytest.mark.parametrize(("source", "body"), [("matrix", ROOM), ("webchat", CHAT)])
@pytest.mark.parametrize("bound", [True, False])
def test_what_only_our_own_listeners_and_doors_hear_is_taken_from_nobody(
    site: Site, source: str, body: bytes, bound: bool
) -> None:
    answer = site.client.post(f"/hooks/{source}", content=body, headers=site.headers(source if bound else None))
    assert answer.status_code in {400, 401}
    assert site.journal.signals.head() == 0


def test_health_needs_nobody_and_sees_a_broken_journal(site: Site) -> None:
    assert site.client.get("/healthz").json() == {"ok": True}
    assert site.client.get("/readyz").json() == {"ok": True}
    with site.journal.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE cursors")
    broken = site.client.get("/readyz")
    assert broken.status_code == 503
    assert broken.json()["error"]["retry"]["when"] == "after"
    assert "cursors" not in broken.text
    assert site.client.get("/healthz").status_code == 200


def test_metrics_are_for_the_machine_itself_or_a_token_that_reads(site: Site) -> None:
    site.client.post("/hooks/alertmanager", json=webhook(ALERT), headers=site.headers())
    refused(site.client.get("/metrics"), 401, "unauthenticated")
    reading = {"Authorization": f"Bearer {site.token(scopes=('read',))}"}
    text = site.client.get("/metrics", headers=reading).text
    for line in (
        'tickless_signals_received_total{source="alertmanager"} 1.0',
        'tickless_cases_total{door="human"} 2.0',
        'tickless_outcomes{outcome="verified"} 2.0',
        'tickless_seconds_to_verified{quantile="p50"} 1.5',
        'tickless_runs{state="failed"} 0.0',
        "tickless_signals_logged_total 1.0",
    ):
        assert line in text.splitlines()

    near = TestClient(site.client.app, base_url="http://localhost", client=("127.0.0.1", 5000))
    assert near.get("/metrics").status_code == 200
    assert near.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 401
