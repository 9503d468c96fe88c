"""What a person who runs Zabbix relies on."""

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tickless.connectors.zabbix.settings import Settings
from tickless.connectors.zabbix.signals import RECEIVER
from tickless.domain.signal import Payload
from tickless.sdk import Item

FOLDER = Path(__file__).parent.parent
NOW = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
MEDIA = yaml.safe_load((FOLDER / "media_type.yaml").read_text())["zabbix_export"]["media_types"][0]
FIELDS = {
    one["name"]: one.get("value", "")
    for one in MEDIA["parameters"]
    if one["name"] not in {"url", "token", "http_proxy"}
}


def send(body: dict[str, Any], zone: str = "UTC") -> Item:
    payload = Payload(source="zabbix", received_at=NOW, body=json.dumps(body).encode())
    return RECEIVER.read(payload.body, payload, Settings(zone=zone))


def filled(**macros: str) -> dict[str, str]:
    """What Zabbix makes of the parameters that ship; what it does not know stays as it is."""
    return {name: macros.get(value.strip("{}").replace(".", "_"), value) for name, value in FIELDS.items()}


def test_every_parameter_of_the_media_type_is_a_macro_by_its_name() -> None:
    for name, value in FIELDS.items():
        if name != "zabbix_url":
            assert value == "{" + name.upper().replace("_", ".") + "}"


def test_the_script_names_only_what_is_there_and_hands_its_errors_on() -> None:
    assert set(re.findall(r"fields\.(\w+)", MEDIA["script"])) <= {one["name"] for one in MEDIA["parameters"]}
    assert "throw" in MEDIA["script"]
    assert {(one["event_source"], one["operation_mode"]) for one in MEDIA["message_templates"]} >= {
        ("TRIGGERS", "PROBLEM"), ("TRIGGERS", "RECOVERY"), ("TRIGGERS", "UPDATE"),
    }  # fmt: skip


def test_a_problem_its_update_and_its_recovery_are_one_trouble_and_three_events() -> None:
    problem = send(filled(EVENT_ID="7", EVENT_VALUE="1", EVENT_NAME="CPU", EVENT_SOURCE="0"))
    update = send(filled(EVENT_ID="7", EVENT_VALUE="1", EVENT_UPDATE_STATUS="1", EVENT_UPDATE_TIMESTAMP="1772443800"))
    recovery = send(filled(EVENT_ID="7", EVENT_VALUE="0", EVENT_RECOVERY_ID="9"))
    assert len({one.fingerprint for one in (problem, update, recovery)}) == 1
    assert len({one.event_key for one in (problem, update, recovery)}) == 3
    assert [one.state for one in (problem, update, recovery)] == ["firing", "info", "resolved"]


def test_macros_that_nobody_filled_in_say_nothing() -> None:
    item = send(filled(EVENT_ID="7", EVENT_VALUE="1"))
    assert "{" not in f"{item.title}{item.body}{item.link}" + "".join((item.labels or {}).values())
    assert item.occurred_at is None
    assert (
        send(filled(EVENT_ID="7", EVENT_VALUE="0", EVENT_DATE="2026.03.02", EVENT_TIME="09:00:00")).occurred_at is None
    )


@pytest.mark.parametrize(
    ("macros", "zone", "hour"),
    [({"EVENT_DATE": "2026.03.02", "EVENT_TIME": "10:28:41"}, "Europe/Berlin", 9),
     ({"EVENT_DATE": "2026.03.02", "EVENT_TIME": "10:28:41"}, "UTC", 10),
     ({"EVENT_DATE": "2026.03.02", "EVENT_TIME": "10:28:41", "EVENT_TIMESTAMP": "1772443721"}, "Europe/Berlin", 9),
     ({"EVENT_DATE": "02/03/26", "EVENT_TIME": "10:28"}, "UTC", None)],
)  # fmt: skip
def test_dates_are_read_in_the_zone_of_zabbix(macros: dict[str, str], zone: str, hour: int | None) -> None:
    found = send(filled(EVENT_ID="7", EVENT_VALUE="1", **macros), zone).occurred_at
    assert (found.hour if found else None) == hour


@pytest.mark.parametrize("name", ["EVENT.ID", "event_id", "{EVENT.ID}", "eventid", "event-id"])
def test_fields_of_own_scripts_are_found_however_they_are_written(name: str) -> None:
    assert send({name: "5", "EVENT.VALUE": 1}).fingerprint == "zabbix/5"


def test_what_is_discovered_is_no_trouble() -> None:
    assert send(filled(EVENT_ID="7", EVENT_VALUE="1", EVENT_SOURCE="1")).state == "info"
