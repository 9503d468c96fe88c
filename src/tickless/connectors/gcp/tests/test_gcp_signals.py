"""What a person who runs Google Cloud Monitoring relies on."""

import base64
import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from tickless.connectors.gcp.settings import Settings
from tickless.connectors.gcp.signals import RECEIVER
from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Payload
from tickless.sdk import Item

FIXTURES = Path(__file__).parent.parent / "fixtures"


def stored(name: str) -> dict[str, Any]:
    return dict(json.loads((FIXTURES / f"{name}.json").read_text()))


def arrive(body: Any) -> Item:
    payload = Payload(source="gcp", received_at=dt.datetime(2026, 3, 2, tzinfo=dt.UTC), body=json.dumps(body).encode())
    (raw,) = RECEIVER.split(payload, Settings())
    return RECEIVER.read(raw, payload, Settings())


def test_open_and_closed_are_one_trouble_with_their_own_times() -> None:
    opened, closed = arrive(stored("open")), arrive(stored("closed"))
    assert (opened.state, closed.state, opened.fingerprint) == ("firing", "resolved", closed.fingerprint)
    assert opened.occurred_at == dt.datetime.fromtimestamp(1_772_443_721, dt.UTC)
    assert closed.occurred_at == dt.datetime.fromtimestamp(1_772_444_321, dt.UTC)


def test_by_pub_sub_it_says_the_same_as_by_webhook() -> None:
    assert arrive(stored("pubsub")) == arrive(stored("closed"))


@pytest.mark.parametrize("data", ["!", base64.b64encode(b"[1]").decode(), base64.b64encode(b"{}").decode(), None, 7])
def test_a_wrapping_without_an_incident_is_refused(data: Any) -> None:
    with pytest.raises(PayloadRejected):
        arrive({"message": {"data": data}, "subscription": "s"})


def test_a_severity_that_the_policy_does_not_state_is_the_houses() -> None:
    assert arrive(stored("version-1-1")).severity == "error"
