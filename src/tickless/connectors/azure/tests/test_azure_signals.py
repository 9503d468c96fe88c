"""What a person who runs Azure Monitor relies on."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from tickless.connectors.azure.settings import Settings
from tickless.connectors.azure.signals import RECEIVER
from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Payload
from tickless.sdk import Item

FIXTURES = Path(__file__).parent.parent / "fixtures"
PLAIN = Settings()


def stored(name: str) -> dict[str, Any]:
    return dict(json.loads((FIXTURES / f"{name}.json").read_text()))


def arrive(body: Any, settings: Settings = PLAIN) -> Item:
    payload = Payload(
        source="azure", received_at=dt.datetime(2026, 3, 2, tzinfo=dt.UTC), body=json.dumps(body).encode()
    )
    (raw,) = RECEIVER.split(payload, settings)
    return RECEIVER.read(raw, payload, settings)


def test_fired_and_resolved_are_one_trouble_with_the_times_that_azure_says() -> None:
    fired, resolved = arrive(stored("metric-fired")), arrive(stored("metric-resolved"))
    assert fired.fingerprint == resolved.fingerprint
    assert (fired.state, resolved.state) == ("firing", "resolved")
    assert fired.occurred_at is not None
    assert resolved.occurred_at is not None
    assert fired.occurred_at < resolved.occurred_at


@pytest.mark.parametrize("stage", ["Active", "Resolved", "RCA"])
def test_service_health_ends_by_its_stage_although_azure_only_ever_fires(stage: str) -> None:
    body = stored("service-health-resolved")
    body["data"]["alertContext"]["properties"]["stage"] = stage
    assert arrive(body).state == ("firing" if stage == "Active" else "resolved")
    assert arrive(body).fingerprint == "service-health/GL7S-9Y0"


def test_a_resource_that_is_available_again_resolves_its_trouble() -> None:
    body = stored("resource-health")
    down = arrive(body)
    body["data"]["alertContext"]["properties"]["currentHealthStatus"] = "Available"
    body["data"]["essentials"]["originAlertId"] = "another"
    up = arrive(body)
    assert (down.state, up.state, up.fingerprint) == ("firing", "resolved", down.fingerprint)


def test_a_house_may_read_severities_in_its_own_way() -> None:
    assert arrive(stored("metric-fired"), Settings(severities={"Sev1": "critical"})).severity == "critical"
    assert arrive(stored("metric-fired")).severity == "error"


@pytest.mark.parametrize("gone", ["essentials", "alertContext"])
def test_an_alert_without_its_parts_is_read_as_far_as_it_goes_or_refused(gone: str) -> None:
    body = stored("metric-fired")
    body["data"][gone] = None
    if gone == "essentials":
        with pytest.raises(PayloadRejected):
            arrive(body)
    else:
        assert arrive(body).title == "shop-web cpu"


def test_what_an_administrator_did_is_a_change_and_no_trouble() -> None:
    item = arrive(stored("activity"))
    assert (item.kind, item.state) == ("change", "info")
