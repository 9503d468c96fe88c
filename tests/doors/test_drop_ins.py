"""The APIs that vendors' clients know, over HTTP: who gets in, what is kept, what is told in whose words."""

from __future__ import annotations

import datetime as dt
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

from tickless.domain.case import Case, Impact
from tickless.domain.record import Untrusted
from tickless.domain.signal import Signal
from tickless.doors.entrance import Entrance
from tickless.doors.entrance.middleware import standard_middleware
from tickless.doors.hooks import create_routes
from tickless.flow.intake import CONSUMER
from tickless.journal import Journal
from tickless.journal.access import User
from tickless.journal.alerts import Alert
from tickless.kit.clock import ManualClock
from tickless.sdk.registry import Registry, connector_folders, drop_ins, load_connector, make_instance
from tickless.sdk.secrets import Secrets
from tickless.stages.sense.heartbeats import SourceRule
from tickless.stages.sense.service import SenseRoom
from tickless.stages.sense.sources import SourceBook

SOURCES = ("alertmanager", "opsgenie", "pagerduty", "slack")
EVENT = {"event_action": "trigger", "payload": {"summary": "down", "source": "shop-1", "severity": "error"}}
ALERT = {"labels": {"alertname": "Down", "service": "shop"}, "annotations": {"summary": "shop is down"}}


@dataclass
class Site:
    client: TestClient
    entrance: Entrance
    journal: Journal
    clock: ManualClock
    robot: User
    room: SenseRoom

    def token(self, source: str | None, *scopes: str) -> str:
        wanted = scopes or ("signals:write",)
        return self.entrance.create_token("sender", user=self.robot, scopes=wanted, source=source).token

    def trigger(self, key: str, **event: Any) -> Any:
        return self.client.post("/v2/enqueue", json={**EVENT, **event, "routing_key": key})

    def genie(self, method: str, path: str, key: str, body: Any = None) -> Any:
        return self.client.request(method, path, json=body, headers={"Authorization": f"GenieKey {key}"})

    def place(self) -> None:
        """What the intake does: every signal in a case, the alerts as they stand, the cursor moved on."""
        now = self.clock.now()
        logged = list(reversed(self.journal.signals.newest(limit=200)))
        with self.journal.write() as tx:
            for entry in logged:
                signal = entry.signal
                case = f"case_{signal.fingerprint}"
                if tx.cases.get(case) is None:
                    tx.cases.put(_case(case, tx.coordination.next_number("case"), now))
                tx.alerts.join(case, signal, why="test")
                known = tx.alerts.get(signal.fingerprint, signal.source)
                if signal.state != "info":
                    state, count = signal.state, (known.count if known else 0) + 1
                    tx.alerts.put(
                        Alert(
                            signal.fingerprint,
                            signal.source,
                            state,
                            case,
                            "shop",
                            None,
                            signal.title,
                            signal.occurred_at,
                            count,
                        )
                    )
            tx.coordination.move_cursor(CONSUMER, self.journal.signals.head())

    def kept(self) -> list[Signal]:
        return [entry.signal for entry in reversed(self.journal.signals.newest(limit=200))]


def _case(identity: str, number: int, now: dt.datetime) -> Case:
    return Case(
        id=identity, number=number, door="machine", kind="incident", need="down", title=Untrusted("t"), subject=identity,
        impact=Impact(priority=3, reason="?"), opened_at=now, updated_at=now,
    )  # fmt: skip


@pytest.fixture
def site(journal: Journal, clock: ManualClock, entrance: Entrance) -> Iterator[Site]:
    connectors = {folder.name: load_connector(folder) for folder in connector_folders() if folder.name in SOURCES}
    slack = {"bot_token": "env:BOT", "signing_secret": "env:SIGNING"}
    registry = Registry(
        {name: make_instance(name, connectors[name], slack if name == "slack" else {}, Secrets()) for name in SOURCES},
        {},
    )
    room = SenseRoom(journal=journal, registry=registry, wake=lambda: None, sources=SourceBook())
    app = Starlette(
        routes=create_routes(Receiving(journal, clock, room), entrance),  # type: ignore[arg-type]
        middleware=standard_middleware(entrance.settings),
    )
    robot = entrance.create_user("robot", roles=["operator"])
    with TestClient(app, base_url="http://localhost", client=("192.0.2.7", 5000)) as client:
        yield Site(client, entrance, journal, clock, robot, room)


def test_every_drop_in_stands_at_paths_of_its_own() -> None:
    found = dict(drop_ins())
    assert {"alertmanager", "opsgenie", "pagerduty"} <= found.keys()
    calls = [(call.method, call.path) for drop in found.values() for call in drop.calls]
    assert len(calls) == len(set(calls))
    assert all(name == drop.source for name, drop in found.items())


def test_a_routing_key_opens_the_door_of_its_source_only(site: Site) -> None:
    told = site.trigger(site.token("pagerduty"))
    assert (told.status_code, told.json()["status"]) == (202, "success")
    for key in ("tkl_wrong", "", site.token(None, "read")):
        refused = site.trigger(key)
        assert refused.status_code in {400, 403}
        assert refused.json()["errors"]
    assert site.client.post("/v2/enqueue", json=EVENT).status_code == 400
    assert [signal.source for signal in site.kept()] == ["pagerduty"]


def test_no_key_is_kept_whatever_comes_of_the_event(site: Site) -> None:
    key = site.token("pagerduty")
    site.trigger(key)
    refused = site.trigger(key, event_action="explode")
    assert refused.status_code == 400
    assert "event_action" in refused.json()["errors"][0]
    aside = [site.journal.signals.quarantined_payload(one.id) for one in site.journal.signals.quarantined()]
    kept = [site.journal.signals.payload(str(one.payload)) for one in site.kept()]
    assert len(aside) == len(kept) == 1
    assert all(key.encode() not in one.body and key not in str(one.headers) for one in [*aside, *kept])


def test_the_same_trouble_sent_again_costs_nothing_and_hears_the_same_key(site: Site) -> None:
    key = site.token("pagerduty")
    heard = {site.trigger(key).json()["dedup_key"] for _ in range(3)}
    assert len(heard) == 1
    assert site.journal.signals.head() == 1


def test_version_one_of_the_events_api_is_heard_too(site: Site) -> None:
    event = {
        "service_key": site.token("pagerduty"),
        "event_type": "trigger",
        "incident_key": "k",
        "description": "down",
    }
    told = site.client.post("/generic/2010-04-15/create_event.json", json=event)
    assert (told.status_code, told.json()["incident_key"]) == (200, "k")
    assert site.kept()[0].fingerprint == "k"


def test_a_change_is_kept_as_a_change(site: Site) -> None:
    body = {
        "routing_key": site.token("pagerduty"),
        "payload": {"summary": "1.4.3 is out", "custom_details": {"service": "shop"}},
    }
    assert site.client.post("/v2/change/enqueue", json=body).json() == {
        "status": "success", "message": "Change event processed",
    }  # fmt: skip
    assert [(one.kind, one.state, one.label("service")) for one in site.kept()] == [("change", "info", "shop")]


def test_an_alert_of_opsgenie_is_followed_from_request_to_end(site: Site) -> None:
    key = site.token("opsgenie")
    made = site.genie("POST", "/v2/alerts", key, {"message": "lag", "alias": "db/lag", "tags": ["db"]})
    assert made.status_code == 202
    asked = f"/v2/alerts/requests/{made.json()['requestId']}"
    assert site.genie("GET", asked, key).json()["data"]["isSuccess"] is False
    site.place()
    done = site.genie("GET", asked, key).json()["data"]
    assert (done["isSuccess"], done["action"], done["alias"]) == (True, "Create", "db/lag")
    by_id = site.genie("GET", f"/v2/alerts/{done['alertId']}", key).json()["data"]
    by_alias = site.genie("GET", "/v2/alerts/db%2Flag?identifierType=alias", key).json()["data"]
    assert by_id == by_alias
    assert (by_id["status"], by_id["tags"], by_id["count"]) == ("open", ["db"], 1)
    for rest in ("acknowledge", "notes", "close"):
        assert (
            site.genie("POST", f"/v2/alerts/db%2Flag/{rest}?identifierType=alias", key, {"note": rest}).status_code
            == 202
        )
    site.clock.advance(dt.timedelta(minutes=1))
    site.place()
    closed = site.genie("GET", f"/v2/alerts/{done['alertId']}", key).json()["data"]
    assert (closed["status"], closed["acknowledged"]) == ("closed", True)
    notes = site.genie("GET", f"/v2/alerts/{done['alertId']}/notes", key).json()["data"]
    assert sorted(one["note"] for one in notes) == ["acknowledge", "close", "notes"]
    assert site.genie("GET", "/v2/alerts?query=status%3Aopen", key).json()["data"] == []
    assert site.genie("GET", "/v2/alerts/count?query=tag%3Adb", key).json()["data"] == {"count": 1}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v2/alerts/nothing", 404), ("GET", "/v2/alerts/requests/nothing", 404),
        ("GET", "/v2/alerts?query=a%20OR%20b", 422), ("POST", "/v2/alerts/23/close?identifierType=tiny", 404),
        ("POST", "/v2/alerts", 422), ("GET", "/v2/alerts?limit=many", 422),
    ],
)  # fmt: skip
def test_opsgenie_says_no_in_its_own_words(site: Site, method: str, path: str, status: int) -> None:
    answer = site.genie(method, path, site.token("opsgenie"), {} if method == "POST" else None)
    assert answer.status_code == status, answer.text
    assert answer.json()["message"]
    assert answer.json()["requestId"]


def test_a_wrong_key_of_opsgenie_is_told_as_such(site: Site) -> None:
    assert site.genie("POST", "/v2/alerts", "tkl_wrong", {"message": "x"}).status_code == 401
    assert site.genie("GET", "/v2/alerts", "tkl_wrong").status_code == 401
    assert site.client.get("/v2/alerts").status_code == 401


def test_whoever_sends_as_a_source_sees_that_source_and_who_may_read_sees_all(site: Site) -> None:
    site.trigger(site.token("pagerduty"))
    genie, alertmanager = site.token("opsgenie"), site.token("alertmanager")
    site.genie("POST", "/v2/alerts", genie, {"message": "lag"})
    bearer = {"Authorization": f"Bearer {alertmanager}"}
    assert site.client.post("/api/v2/alerts", json=[ALERT], headers=bearer).status_code == 200
    site.place()

    def seen(key: str) -> set[str]:
        found = site.client.get("/api/v2/alerts", headers={"Authorization": f"Bearer {key}"})
        return {one["annotations"]["summary"] for one in found.json()}

    assert seen(alertmanager) == {"shop is down"}
    assert len(site.genie("GET", "/v2/alerts", genie).json()["data"]) == 1
    assert seen(site.token(None, "read")) == {"shop is down", "lag", "down"}
    assert site.client.get("/api/v2/alerts", headers={"Authorization": f"Bearer {site.token(None)}"}).status_code == 403


def test_alertmanagers_groups_are_cases(site: Site) -> None:
    headers = {"Authorization": f"Bearer {site.token('alertmanager')}"}
    site.client.post("/api/v2/alerts", json=[ALERT, {"labels": {"alertname": "Slow"}}], headers=headers)
    site.place()
    groups = site.client.get("/api/v2/alerts/groups", headers=headers).json()
    assert sorted(group["labels"]["case"] for group in groups) == ["1", "2"]
    assert [len(group["alerts"]) for group in groups] == [1, 1]
    wanted = site.client.get("/api/v2/alerts", params=[("filter", 'service="shop"')], headers=headers).json()
    assert [one["labels"]["alertname"] for one in wanted] == ["Down"]
    assert site.client.get("/api/v2/alerts", params=[("filter", "((")], headers=headers).status_code == 400
    assert site.client.get("/api/v2/status", headers=headers).json()["cluster"]["status"] == "disabled"


def test_what_a_vendor_signs_comes_in_by_its_own_door(site: Site) -> None:
    refused = site.trigger(site.token("slack"))
    assert refused.status_code == 403
    assert "/hooks/slack" in str(refused.json())
    assert site.journal.signals.head() == 0


@pytest.mark.parametrize("source", ["pagerduty", "opsgenie", "alertmanager"])
def test_who_sends_too_fast_is_told_when_to_come_again(site: Site, source: str) -> None:
    site.room.sources = SourceBook({source: SourceRule(per_minute=1)})
    key = site.token(source)

    def send(number: int) -> Any:
        if source == "pagerduty":
            return site.trigger(key, dedup_key=f"k{number}")
        if source == "opsgenie":
            return site.genie("POST", "/v2/alerts", key, {"message": "lag", "alias": f"a{number}"})
        alert = {"labels": {"alertname": f"A{number}"}}
        return site.client.post("/api/v2/alerts", json=[alert], headers={"Authorization": f"Bearer {key}"})

    assert send(1).status_code < 300
    slowed = send(2)
    assert slowed.status_code == 429
    assert int(slowed.headers["retry-after"]) > 0
    site.clock.advance(dt.timedelta(minutes=1))
    assert send(2).status_code < 300


def test_a_method_that_is_not_known_is_told(site: Site) -> None:
    assert site.client.delete("/v2/enqueue").status_code == 405


bodies = st.one_of(
    st.binary(max_size=200),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([
            "routing_key", "event_action", "payload", "dedup_key", "message", "alias", "tags", "details", "summary", "labels",
        ]), inner, max_size=4),
        max_leaves=12,
    ).map(lambda value: json.dumps(value).encode()),
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=bodies,
    path=st.sampled_from(["/v2/enqueue", "/v2/change/enqueue", "/v2/alerts", "/v2/alerts/a/close", "/api/v2/alerts"]),
)
def test_no_body_breaks_a_drop_in(site: Site, body: bytes, path: str) -> None:
    source = "alertmanager" if path.startswith("/api") else "opsgenie" if "alerts" in path else "pagerduty"
    headers = {"Authorization": f"Bearer {site.token(source)}", "Content-Type": "application/json"}
    assert site.client.post(path, content=body, headers=headers).status_code < 500


def test_too_much_is_refused(site: Site) -> None:
    headers = {"Authorization": f"GenieKey {site.token('opsgenie')}"}
    assert site.client.post("/v2/alerts", content=b" " * 10_000_000, headers=headers).status_code == 413
