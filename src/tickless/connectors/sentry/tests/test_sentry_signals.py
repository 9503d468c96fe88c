"""Whom Sentry's receiver believes, and what belongs together."""

import datetime as dt
import hashlib
import hmac
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.connectors.sentry.settings import Settings
from tickless.connectors.sentry.signals import RECEIVER
from tickless.domain.signal import Payload
from tickless.sdk import Item

FIXTURES = Path(__file__).parent.parent / "fixtures"
NOW = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
SECRET = "sentry-secret-4711-very"
SETTINGS = Settings(client_secret="env:S")


def welcome(body: bytes, *, settings: Settings = SETTINGS, sent: dt.datetime | None = NOW, key: str = SECRET) -> bool:
    headers = {"sentry-hook-signature": hmac.new(key.encode(), body, hashlib.sha256).hexdigest()}
    if sent is not None:
        headers["sentry-hook-timestamp"] = str(int(sent.timestamp()))
    payload = Payload(source="sentry", received_at=NOW, headers=headers, body=body)
    assert RECEIVER.authenticate is not None
    return RECEIVER.authenticate(payload, settings, {"env:S": SECRET}.__getitem__)


def item(name: str, **settings: str) -> Item:
    payload = Payload(source="sentry", received_at=NOW, body=(FIXTURES / f"{name}.json").read_bytes())
    return RECEIVER.read(payload.body, payload, Settings.model_validate(settings))


@given(st.binary())
def test_what_sentry_signed_comes_in_whatever_its_bytes(body: bytes) -> None:
    assert welcome(body)
    assert not welcome(body, key="another secret")


def test_without_a_secret_nobody_comes_in() -> None:
    assert not welcome(b"{}", settings=Settings())


@pytest.mark.parametrize(("seconds", "inside"), [(0, True), (600, True), (-600, True), (1_000, False), (-1_000, False)])
def test_a_time_far_from_ours_stays_outside(seconds: int, inside: bool) -> None:
    assert welcome(b"{}", sent=NOW + dt.timedelta(seconds=seconds)) is inside


def test_a_signature_that_is_none_stays_outside() -> None:
    assert RECEIVER.authenticate is not None
    for headers in ({}, {"sentry-hook-signature": "é"}, {"sentry-hook-signature": ""}):
        payload = Payload(source="sentry", received_at=NOW, headers=headers, body=b"{}")
        assert not RECEIVER.authenticate(payload, SETTINGS, {"env:S": SECRET}.__getitem__)


def test_an_issues_alert_and_its_end_are_one_trouble() -> None:
    assert item("event-alert").fingerprint == item("issue-resolved").fingerprint == item("issue-created").fingerprint
    assert [item(name).state for name in ("event-alert", "issue-created", "issue-resolved")] == [
        "firing",
        "firing",
        "resolved",
    ]


def test_a_metric_alert_ends_when_sentry_says_that_it_did() -> None:
    fired, over = item("metric-critical"), item("metric-resolved")
    assert fired.fingerprint == over.fingerprint
    assert (fired.state, over.state) == ("firing", "resolved")
    assert over.occurred_at == dt.datetime(2026, 3, 2, 9, 41, tzinfo=dt.UTC)


def test_a_single_error_informs_unless_the_house_wants_more() -> None:
    assert item("error").state == "info"
    assert item("error", errors="firing").state == "firing"
