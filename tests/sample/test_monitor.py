"""The monitor tells Tickless what it sees, in Alertmanager's own words, and when it is over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sample.hands import Hands
from tests.waiting import until

from tickless.domain.errors import Rejected
from tickless.domain.signal import Payload
from tickless.kit.clock import SystemClock
from tickless.sample.company import Company
from tickless.sample.estate.alerts import fingerprint
from tickless.sample.estate.control import Estate
from tickless.sample.estate.rules import Forecast
from tickless.sdk.registry import connector_folders, load_connector
from tickless.sdk.testing import Answer, Asked, LoopbackServer, serve

ALERTMANAGER = load_connector(next(folder for folder in connector_folders() if folder.name == "alertmanager"))


class Inbox:
    """What arrived, read by the connector that Tickless reads it with."""

    def __init__(self, server: LoopbackServer) -> None:
        self.server = server
        self.settings = ALERTMANAGER.settings.model_validate({"url": "http://127.0.0.1:9"})

    def said(self, kind: str, state: str, **labels: str) -> list[dict[str, Any]]:
        """Alerts of that class and status with these labels, over all payloads so far."""
        return [
            alert
            for asked in list(self.server.asked)
            for alert in asked.json()["alerts"]
            if alert["labels"]["class"] == kind and alert["status"] == state
            if labels.items() <= alert["labels"].items()
        ]

    def read(self) -> list[Any]:
        receiver = ALERTMANAGER.receiver
        assert receiver is not None
        items = []
        for asked in list(self.server.asked):
            payload = Payload(source="monitor", received_at=SystemClock().now(), body=asked.body)
            items += [receiver.read(raw, payload, self.settings) for raw in receiver.split(payload, self.settings)]
        return items


@pytest.fixture
def inbox(estate: Estate) -> Iterator[Inbox]:
    with serve(lambda asked: Answer(202, {"accepted": True})) as server:
        estate.point_monitor(f"{server.url}/hooks/monitor", "monitor-token")
        yield Inbox(server)
        estate.point_monitor("", "")


def test_one_death_is_a_storm_and_its_end_is_told_too(estate: Estate, hands: Hands, inbox: Inbox) -> None:
    estate.fault("kill", "catalog-db")
    until(lambda: inbox.said("service_down", "firing", service="catalog-db", ci="process:catalog-db"))
    for caller in ("catalog-api", "search-api", "shop-web", "online-store", "wholesale"):
        until(lambda caller=caller: inbox.said("http_errors", "firing", service=caller))
    assert inbox.said("http_errors", "firing", service="intranet") == []
    hands.do("process_start", process="catalog-db")
    until(lambda: inbox.said("service_down", "resolved", service="catalog-db"))
    until(lambda: inbox.said("http_errors", "resolved", service="wholesale"))
    down = inbox.said("service_down", "firing", service="catalog-db")[0]
    up = inbox.said("service_down", "resolved", service="catalog-db")[0]
    assert down["fingerprint"] == up["fingerprint"] == fingerprint(down["labels"])
    assert down["startsAt"] == up["startsAt"] < up["endsAt"]
    assert {asked.headers["authorization"] for asked in inbox.server.asked} == {"Bearer monitor-token"}
    assert {item.state for item in inbox.read()} == {"firing", "resolved"}


def test_a_filling_disk_comes_with_the_hours_that_are_left(estate: Estate, inbox: Inbox) -> None:
    estate.fault("disk", "files-1:/srv", to_percent=90, seconds=6)
    found = until(lambda: inbox.said("disk_filling", "firing", host="files-1", path="/srv"))
    assert 0 < float(found[0]["annotations"]["hours_left"]) < 24
    estate.heal("disk", "files-1:/srv")
    until(lambda: inbox.said("disk_filling", "resolved", host="files-1"))


def test_certificate_pool_and_mailbox_are_watched_by_their_symptom(
    estate: Estate, hands: Hands, company: Company, inbox: Inbox
) -> None:
    name, who = "intranet.larkmoor.example", company.people[70].username
    estate.fault("certificate", name, days=4)
    estate.fault("pool", "catalog-api")
    estate.fault("mailbox_full", who)
    until(lambda: inbox.said("certificate_expiring", "firing", certificate=name, service="intranet"))
    until(lambda: inbox.said("pool_exhausted", "firing", service="catalog-api"))
    until(lambda: inbox.said("mailbox_over_quota", "firing", account=who))
    hands.do("certificate_renew", name=name)
    hands.do("pool_recycle", service="catalog-api")
    hands.do("mailbox_set_quota", username=who, quota_mb=9_000)
    for kind in ("certificate_expiring", "pool_exhausted", "mailbox_over_quota"):
        until(lambda kind=kind: inbox.said(kind, "resolved"))


def test_slowness_is_told_apart_from_errors(estate: Estate, inbox: Inbox) -> None:
    estate.fault("slow", "price-engine")
    until(lambda: inbox.said("latency_high", "firing", service="price-engine"))
    estate.heal("slow", "price-engine")
    until(lambda: inbox.said("latency_high", "resolved", service="price-engine"))


def test_what_could_not_be_told_is_told_later(estate: Estate) -> None:
    refusing = {"now": True}

    def answer(asked: Asked) -> Answer:
        return Answer(503 if refusing["now"] else 202)

    with serve(answer) as server:
        inbox = Inbox(server)
        estate.point_monitor(f"{server.url}/hooks", "t")
        estate.fault("errors", "label-print")
        until(lambda: inbox.said("http_errors", "firing", service="label-print"))
        estate.heal("errors", "label-print")
        until(lambda: ("resolved", "label-print") in [(a["status"], a["labels"]["service"]) for a in estate.alerts()])
        refusing["now"] = False
        until(lambda: inbox.said("http_errors", "resolved", service="label-print"))
        estate.point_monitor("", "")


def test_the_monitor_posts_to_loopback_only(estate: Estate) -> None:
    for url in ("http://198.51.100.7:80/hooks", "https://127.0.0.1:1/", "ftp://127.0.0.1:21/"):
        with pytest.raises(Rejected):
            estate.point_monitor(url, "t")


def test_fingerprints_are_those_of_prometheus() -> None:
    assert int(fingerprint({"name": "garland, briggs", "fear": "love is not enough"}), 16) == 5_799_056_148_416_392_346


@given(st.floats(0.1, 20), st.floats(1, 60), st.integers(4, 12))
def test_a_straight_line_is_forecast_exactly(slope: float, start: float, points: int) -> None:
    forecast = Forecast()
    for hour in range(points):
        forecast.add(float(hour), start + slope * hour)
    last = start + slope * (points - 1)
    left = forecast.hours_left()
    assert left is not None
    assert abs(left - max(100 - last, 0) / slope) < 1e-6 * max(1.0, left) + 1e-6


def test_a_disk_that_does_not_grow_has_no_end() -> None:
    forecast = Forecast()
    for hour in range(10):
        forecast.add(float(hour), 70.0)
    assert forecast.hours_left() is None
