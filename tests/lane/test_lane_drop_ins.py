"""Drop-in: the clients that vendors gave the world speak with a running house, and only their base URL is another."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml
from tests.lane.houses import house_over, wait_for_case
from tests.servers.processes import HOST, Program, free_port, program
from tests.servers.tls import tls_before
from tests.waiting import until

from tickless.app.build import House
from tickless.app.serving import local_user, serving
from tickless.app.settings import ConnectorUse
from tickless.domain.service import Service
from tickless.domain.signal import Signal
from tickless.domain.world import World
from tickless.flow.desk.sources import Sources
from tickless.journal.alerts import Alert
from tickless.stages.sense.heartbeats import SourceRule

SOURCES = ("alertmanager", "opsgenie", "pagerduty")


@dataclass(frozen=True)
class Running:
    """A house that is served, and the token of each of its sources."""

    house: House
    url: str
    tokens: dict[str, str]

    def signals(self, source: str) -> list[Signal]:
        """What came from there, oldest first."""
        return [one.signal for one in reversed(self.house.journal.signals.newest()) if one.signal.source == source]

    def alert(self, source: str) -> Alert | None:
        """The newest alert of that source, once the intake has placed it."""
        with self.house.journal.read() as tx:
            found = tx.alert_book.newest(source=source, firing=None)
        return found[0].alert if found else None

    def wait(self, source: str, state: str) -> Alert:
        until(lambda: _state(self.alert(source)) == state, what=f"{source} to be {state}")
        found = self.alert(source)
        assert found is not None
        return found


def _state(alert: Alert | None) -> str:
    return alert.state if alert is not None else ""


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    with house_over(
        tmp_path / "house",
        connectors={name: ConnectorUse(use=name) for name in SOURCES}
        | {"opsgenie": ConnectorUse(use="opsgenie", source=SourceRule(named={"nightly-backup": 3_600}))},
        bindings={},
        secrets={},
        world=World.of(services=[Service(id="shop", name="Shop", criticality=1)]),
    ) as house, serving(house) as url:  # fmt: skip
        user = local_user(house)
        tokens = {
            name: house.entrance.create_token(name, user=user, scopes=["signals:write"], source=name).token
            for name in SOURCES
        }
        yield Running(house, url, tokens)


@pytest.fixture
def https(running: Running) -> Iterator[dict[str, Any]]:
    """What PagerDuty's client is told, which speaks https only."""
    with tls_before(running.url) as (url, trusted):
        yield {"base_url": url, "verify": trusted}


@pytest.mark.server("pagerduty")
def test_pagerdutys_client_triggers_acknowledges_and_resolves(running: Running, https: dict[str, Any]) -> None:
    import pagerduty

    with pagerduty.EventsApiV2Client(running.tokens["pagerduty"], **https) as client:
        client.send_change_event(
            {"summary": "shop 1.4.3 is out", "source": "ci", "custom_details": {"service": "shop"}}
        )
        key = client.trigger("shop is down", "shop-1", severity="critical", custom_details={"service": "shop"})
        case = wait_for_case(running.house, "an incident", lambda one: one.title.raw == "shop is down")
        assert (case.service, case.kind) == ("shop", "incident")
        assert "A change at Shop itself, at the same time." in [one.text for one in case.evidence]
        assert client.acknowledge(key) == client.resolve(key) == key
    assert running.wait("pagerduty", "resolved").fingerprint == key
    told = running.signals("pagerduty")
    assert [(one.kind, one.state) for one in told] == [
        ("change", "info"), ("alert", "firing"), ("alert", "info"), ("alert", "resolved"),
    ]  # fmt: skip
    kept = running.house.journal.signals.payload(str(told[1].payload))
    assert running.tokens["pagerduty"].encode() not in kept.body


@pytest.mark.server("pagerduty")
def test_pagerdutys_client_tells_a_change_and_hears_of_a_wrong_key(running: Running, https: dict[str, Any]) -> None:
    import pagerduty

    with pagerduty.EventsApiV2Client(running.tokens["pagerduty"], **https) as client:
        details, links = {"service": "shop"}, [{"href": "https://ci.example/9"}]
        client.submit("shop 1.4.3 is out", "ci", details, links=links, timestamp="2026-11-02T09:20:00Z")
    told = running.signals("pagerduty")[0]
    assert (told.kind, told.label("service"), told.occurred_at.hour) == ("change", "shop", 9)
    with pagerduty.EventsApiV2Client("tkl_wrong", **https) as stranger, pytest.raises(pagerduty.HttpError) as refused:
        stranger.trigger("x", "y")
    assert refused.value.response.status_code == 400
    assert refused.value.response.json()["errors"][0] == "Invalid routing key"


@pytest.fixture
def genie(running: Running) -> Any:
    import opsgenie_sdk

    configuration = opsgenie_sdk.Configuration()
    configuration.host = running.url
    configuration.api_key["Authorization"] = running.tokens["opsgenie"]
    configuration.retry_enabled = False
    return opsgenie_sdk.ApiClient(configuration)


@pytest.mark.server("opsgenie")
def test_opsgenies_sdk_creates_follows_and_closes_an_alert(running: Running, genie: Any) -> None:
    import opsgenie_sdk

    api = opsgenie_sdk.AlertApi(genie)
    body = opsgenie_sdk.CreateAlertPayload(
        message="shop is slow", alias="shop/slow", tags=["web", "eu, north"], priority="P1", entity="shop",
        details={"service": "shop", "p99": "2.3"}, description="since 09:20", source="probe",
    )  # fmt: skip
    made = api.create_alert(create_alert_payload=body)
    assert made.result == "Request will be processed"
    assert made.retrieve_result().data.is_success
    alert = made.retrieve_resulting_action().data
    assert (alert.alias, alert.message, alert.status, alert.priority) == ("shop/slow", "shop is slow", "open", "P1")
    assert alert.tags == ["web", "eu, north"]
    assert alert.details == {"service": "shop", "p99": "2.3"}

    note = opsgenie_sdk.AddNoteToAlertPayload(note="a new cache", user="dana")
    assert api.add_note("shop/slow", note, identifier_type="alias").retrieve_result().data.is_success
    assert api.acknowledge_alert(alert.id).retrieve_result().data.is_success
    seen = api.get_alert("shop/slow", identifier_type="alias").data
    assert (seen.acknowledged, seen.status) == (True, "open")
    assert [one.note for one in api.list_notes(alert.id).data] == ["a new cache"]
    assert [one.id for one in api.list_alerts(query="status:open AND tag:web").data] == [alert.id]
    assert api.count_alerts(query="status:open").data.count == 1

    closing = opsgenie_sdk.CloseAlertPayload(note="warm again")
    assert (
        api.close_alert("shop/slow", identifier_type="alias", close_alert_payload=closing)
        .retrieve_result()
        .data.is_success
    )
    assert api.get_alert(alert.id).data.status == "closed"
    assert api.list_alerts(query="status:open").data == []
    running.wait("opsgenie", "resolved")


@pytest.mark.server("opsgenie")
def test_opsgenies_sdk_pings_and_sees_only_what_its_key_may(running: Running, genie: Any) -> None:
    import opsgenie_sdk

    assert opsgenie_sdk.HeartbeatApi(genie).ping("nightly-backup").result == "PONG - Heartbeat received"
    told = running.signals("opsgenie")[0]
    assert (told.kind, told.label("heartbeat")) == ("heartbeat", "nightly-backup")
    genie.configuration.api_key["Authorization"] = running.tokens["pagerduty"]
    assert opsgenie_sdk.AlertApi(genie).list_alerts().data == []


@pytest.mark.server("opsgenie")
def test_a_heartbeat_that_is_silent_is_a_case_that_names_it_until_opsgenies_sdk_pings(
    running: Running, genie: Any
) -> None:
    import opsgenie_sdk

    def condition() -> str:
        running.house.desk.sources.look()
        return next(str(one.condition) for one in running.house.desk.sources.report() if "nightly-backup" in one.name)

    watching, now = Sources(running.house.rooms), running.house.rooms.clock.now()
    for seconds_ago in (3_700, 50, 20):
        watching.watch(now - dt.timedelta(seconds=seconds_ago))
    case = wait_for_case(running.house, "a silent heartbeat", lambda one: one.need == "heartbeat_missed")
    assert "nightly-backup" in case.title.raw
    assert opsgenie_sdk.HeartbeatApi(genie).ping("nightly-backup").result == "PONG - Heartbeat received"
    until(lambda: condition() == "alive", what="the heartbeat to be heard again")
    watching.watch(running.house.rooms.clock.now())

    def over() -> bool:
        with running.house.journal.read() as tx:
            return [one.state for one in tx.alerts.of_case(case.id)] == ["resolved"]

    until(over, what="the silence to be over")


AMTOOL = {"HOME": "/nonexistent", "PATH": "/usr/bin:/bin"}


def amtool(running: Running, folder: Path, *words: str, token: str = "") -> subprocess.CompletedProcess[str]:
    """As somebody types it, with the token in its file of HTTP settings."""
    settings = folder / "http.yml"
    settings.write_text(yaml.safe_dump({"authorization": {"credentials": token or running.tokens["alertmanager"]}}))
    command = [
        program("amtool") or "amtool",
        f"--alertmanager.url={running.url}",
        f"--http.config.file={settings}",
        *words,
    ]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False, env=AMTOOL)


@pytest.mark.server("amtool")
def test_amtool_adds_alerts_and_asks_for_them(running: Running, tmp_path: Path) -> None:
    added = amtool(
        running, tmp_path, "alert", "add", "ShopDown", "service=shop", "severity=critical",
        "--annotation=summary=shop does not answer", "--generator-url=http://prometheus.example/graph",
    )  # fmt: skip
    assert added.returncode == 0, added.stderr
    running.wait("alertmanager", "firing")
    asked = amtool(running, tmp_path, "alert", "query", "service=shop", "-o", "json")
    assert asked.returncode == 0, asked.stderr
    found = json.loads(asked.stdout)
    assert [one["labels"] for one in found] == [{"alertname": "ShopDown", "service": "shop", "severity": "critical"}]
    assert found[0]["annotations"]["summary"] == "shop does not answer"
    assert json.loads(amtool(running, tmp_path, "alert", "query", "severity!~crit.*", "-o", "json").stdout) == []
    shown = amtool(running, tmp_path, "alert", "query")
    assert "ShopDown" in shown.stdout


@pytest.mark.server("amtool")
def test_amtool_adds_queries_updates_and_expires_silences(running: Running, tmp_path: Path) -> None:
    refused = amtool(running, tmp_path, "silence", "add", "service=shop", "--comment=work", "--author=dana")
    assert refused.returncode != 0  # a monitor's own token silences nothing
    user = local_user(running.house)
    token = running.house.entrance.create_token("dana", user=user, scopes=["act", "read"]).token

    def dana(*words: str) -> str:
        done = amtool(running, tmp_path, *words, token=token)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    made = dana(
        "silence", "add", "service=shop", "team=~web|ops", "--comment=the disk is on order", "--author=dana", "-d", "1h"
    )
    (known,) = json.loads(dana("silence", "query", "-o", "json"))
    assert (known["id"], known["status"]["state"]) == (made, "active")
    assert known["comment"] == "the disk is on order (dana)"
    assert dana("silence", "query", "service=shop", "-q") == made
    assert dana("silence", "query", "service=mail", "-q") == ""
    amtool(running, tmp_path, "alert", "add", "ShopDown", "service=shop", "team=web", "severity=critical")
    held = running.wait("alertmanager", "firing")
    assert (held.held, held.case) == ("silenced", None)
    assert json.loads(dana("alert", "query", "-o", "json")) == []
    (seen,) = json.loads(dana("alert", "query", "--silenced", "-o", "json"))
    assert seen["status"] == {"state": "suppressed", "silencedBy": [made], "inhibitedBy": []}

    dana("silence", "update", made, "-d", "2h", "--comment=it comes on Friday")
    (newer,) = (one["id"] for one in json.loads(dana("silence", "query", "-o", "json")))
    assert newer != made
    dana("silence", "expire", newer)
    assert json.loads(dana("silence", "query", "-o", "json")) == []
    assert {made, newer} <= {one["id"] for one in json.loads(dana("silence", "query", "--expired", "-o", "json"))}
    case = wait_for_case(running.house, "what was silenced", lambda one: one.service == "shop")
    assert any(piece.source == "hygiene" for piece in case.evidence)
    assert "Tickless" in dana("config", "show")


class Shop(BaseHTTPRequestHandler):
    """What Prometheus scrapes once it is there."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.end_headers()
        self.wfile.write(b"shop_orders_total 7\n")

    def log_message(self, *words: object) -> None:
        return


@pytest.mark.server("prometheus")
def test_prometheus_takes_the_house_for_its_alertmanager(running: Running, tmp_path: Path) -> None:
    shop, own = free_port(), free_port()
    (tmp_path / "rules.yml").write_text(yaml.safe_dump({"groups": [{"name": "shop", "rules": [{
        "alert": "ServiceDown", "expr": 'up{job="shop"} == 0', "labels": {"severity": "critical", "service": "shop"},
        "annotations": {"summary": "{{ $labels.instance }} does not answer"},
    }]}]}))  # fmt: skip
    (tmp_path / "prometheus.yml").write_text(yaml.safe_dump({
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
        "rule_files": ["rules.yml"],
        "alerting": {"alertmanagers": [{
            "authorization": {"credentials": running.tokens["alertmanager"]},
            "static_configs": [{"targets": [running.url.removeprefix("http://")]}],
        }]},
        "scrape_configs": [{"job_name": "shop", "static_configs": [{"targets": [f"{HOST}:{shop}"]}]}],
    }))  # fmt: skip
    daemon = Program(
        [
            program("prometheus") or "prometheus", f"--config.file={tmp_path}/prometheus.yml",
            f"--storage.tsdb.path={tmp_path}/data", f"--web.listen-address={HOST}:{own}", "--rules.alert.resend-delay=1s",
        ],
        log=tmp_path / "prometheus.log",
        cwd=tmp_path,
    )  # fmt: skip
    try:
        daemon.start(lambda: running.alert("alertmanager") is not None)
        fired = running.wait("alertmanager", "firing")
        assert (fired.service, fired.need) == ("shop", "service_down")
        server = ThreadingHTTPServer((HOST, shop), Shop)
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            running.wait("alertmanager", "resolved")
        finally:
            server.shutdown()
            server.server_close()
    finally:
        daemon.stop()
    assert [one.state for one in running.signals("alertmanager")] == ["firing", "resolved"], (
        "what is sent again is not new"
    )


@pytest.mark.server("prometheus")
def test_an_alertmanager_takes_the_house_for_its_pagers(running: Running, tmp_path: Path) -> None:
    """A real Alertmanager that pages by PagerDuty and by Opsgenie, told of no more than other addresses and keys."""
    own = free_port()
    pagerduty = {"routing_key": running.tokens["pagerduty"], "url": f"{running.url}/v2/enqueue", "send_resolved": True}
    opsgenie = {
        "api_key": running.tokens["opsgenie"],
        "api_url": f"{running.url}/",
        "priority": "P1",
        "send_resolved": True,
    }
    (tmp_path / "alertmanager.yml").write_text(yaml.safe_dump({
        "route": {"receiver": "pagers", "group_by": ["service"], "group_wait": "1s", "group_interval": "1s"},
        "receivers": [{"name": "pagers", "pagerduty_configs": [pagerduty], "opsgenie_configs": [opsgenie]}],
    }))  # fmt: skip
    daemon = Program(
        [
            program("prometheus-alertmanager", "alertmanager") or "alertmanager",
            f"--config.file={tmp_path}/alertmanager.yml", f"--storage.path={tmp_path}/data",
            f"--web.listen-address={HOST}:{own}", "--cluster.listen-address=",
        ],
        log=tmp_path / "alertmanager.log",
        cwd=tmp_path,
    )  # fmt: skip
    alert: dict[str, Any] = {"labels": {"alertname": "ShopDown", "service": "shop", "severity": "critical"}}
    try:
        daemon.start(lambda: _reaches(f"http://{HOST}:{own}/-/ready"))
        _tell(f"http://{HOST}:{own}/api/v2/alerts", [alert])
        for source in ("pagerduty", "opsgenie"):
            running.wait(source, "firing")
        _tell(f"http://{HOST}:{own}/api/v2/alerts", [{**alert, "endsAt": "2026-01-01T00:00:00Z"}])
        for source in ("pagerduty", "opsgenie"):
            running.wait(source, "resolved")
    finally:
        daemon.stop()
    assert [one.severity for one in running.signals("opsgenie")][:1] == ["critical"]
    assert running.house.journal.signals.quarantined() == []


def _tell(url: str, alerts: list[dict[str, Any]]) -> None:
    request = urllib.request.Request(url, json.dumps(alerts).encode(), {"Content-Type": "application/json"})
    urllib.request.urlopen(request, timeout=10).close()


def _reaches(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=1).close()
    except OSError:
        return False
    return True
