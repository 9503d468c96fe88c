"""What a person who runs Datadog relies on."""

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.connectors.datadog.settings import Settings
from tickless.connectors.datadog.signals import RECEIVER
from tickless.domain.signal import Payload
from tickless.sdk import Item

FOLDER = Path(__file__).parent.parent
TEMPLATE: dict[str, str] = json.loads((FOLDER / "payload.json").read_text())
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
PLAIN = Settings()


def fill(**variables: str) -> dict[str, str]:
    """What Datadog makes of the template that ships."""
    return {name: variables.get(value.lstrip("$"), value) for name, value in TEMPLATE.items()}


def arrive(body: Any, settings: Settings = PLAIN, *, form: bool = False) -> Item:
    data = urlencode(body) if form else json.dumps(body)
    payload = Payload(source="datadog", received_at=dt.datetime(2026, 3, 2, tzinfo=dt.UTC), body=data.encode(),
                      content_type=FORM if form else JSON)  # fmt: skip
    (raw,) = RECEIVER.split(payload, settings)
    return RECEIVER.read(raw, payload, settings)


def monitor(transition: str, **variables: str) -> dict[str, str]:
    return fill(**{"ID": "1", "AGGREG_KEY": "k", "ALERT_TRANSITION": transition, "ALERT_TITLE": "CPU", **variables})


def test_the_template_names_only_variables() -> None:
    assert all(re.fullmatch(r"\$[A-Z_]+", value) for name, value in TEMPLATE.items() if name != "tickless")


@pytest.mark.parametrize(
    ("transition", "state"),
    [("Triggered", "firing"), ("Re-Triggered", "firing"), ("Warn", "firing"), ("Re-Warn", "firing"), ("No Data", "firing"),
     ("Recovered", "resolved"), ("Renotify", "firing"), ("Something new", "info")],
)  # fmt: skip
def test_every_transition_has_its_state(transition: str, state: str) -> None:
    assert arrive(monitor(transition)).state == state


@pytest.mark.parametrize(
    ("kind", "state"), [("error", "firing"), ("success", "resolved"), ("info", "info"), ("", "info")]
)
def test_an_event_of_no_monitor_tells_by_its_type(kind: str, state: str) -> None:
    assert arrive(fill(ID="1", AGGREG_KEY="k", EVENT_TITLE="Deploy", ALERT_TYPE=kind)).state == state


def test_a_recovery_is_about_the_same_trouble_and_another_event() -> None:
    fired = arrive(monitor("Triggered", ALERT_SCOPE="host:a"))
    over = arrive(monitor("Recovered", ALERT_SCOPE="host:a", ID="2"))
    other = arrive(monitor("Triggered", ALERT_SCOPE="host:b"))
    assert fired.fingerprint == over.fingerprint != other.fingerprint
    assert fired.event_key != over.event_key


@given(st.dictionaries(st.sampled_from(["HOSTNAME", "TAGS", "ALERT_PRIORITY", "TEXT_ONLY_MSG"]), st.text(max_size=30)))
def test_a_form_says_the_same_as_json(variables: dict[str, str]) -> None:
    variables = {name: value.encode("utf-8", "replace").decode() for name, value in variables.items()}
    assert arrive(monitor("Triggered", **variables)) == arrive(monitor("Triggered", **variables), form=True)


def test_what_was_not_filled_in_is_nothing() -> None:
    item = arrive(monitor("Triggered"))
    assert "$" not in f"{item.title}{item.body}{item.link}{item.labels}"
    assert item.occurred_at is None


def test_silence_may_count_as_information_only() -> None:
    assert arrive(monitor("No Data"), Settings(no_data="info")).state == "info"
