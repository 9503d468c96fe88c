"""What a person who runs Nagios or Icinga relies on."""

import datetime as dt
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tickless.connectors.nagios.settings import Settings
from tickless.connectors.nagios.signals import RECEIVER
from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Payload
from tickless.sdk import Item

FOLDER = Path(__file__).parent.parent
NOW = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
FORM = "application/x-www-form-urlencoded"


def send(body: str, content_type: str = FORM, zone: str = "UTC") -> Item:
    settings = Settings(zone=zone)
    payload = Payload(source="nagios", received_at=NOW, content_type=content_type, body=body.encode())
    (raw,) = RECEIVER.split(payload, settings)
    return RECEIVER.read(raw, payload, settings)


def notice(**fields: str) -> Item:
    return send(urlencode({"host": "web-1", "service": "HTTP", "state": "CRITICAL", "since": "1772443721", **fields}))


@pytest.mark.parametrize(
    ("kind", "condition", "state"),
    [
        ("PROBLEM", "CRITICAL", "firing"),
        ("PROBLEM", "WARNING", "firing"),
        ("PROBLEM", "UNKNOWN", "firing"),
        ("RECOVERY", "OK", "resolved"),
        ("PROBLEM", "OK", "resolved"),
        ("PROBLEM", "2", "firing"),
        ("ACKNOWLEDGEMENT", "CRITICAL", "info"),
        ("FLAPPINGSTART", "CRITICAL", "info"),
        ("FLAPPINGSTOP", "OK", "info"),
        ("DOWNTIMESTART", "OK", "info"),
        ("CUSTOM", "OK", "info"),
    ],
)
def test_every_notification_has_its_state(kind: str, condition: str, state: str) -> None:
    assert notice(type=kind, state=condition).state == state


def test_a_repeated_notification_is_known_and_a_new_state_is_news() -> None:
    first, repeated = notice(type="PROBLEM", time="1772443730"), notice(type="PROBLEM", time="1772447330")
    worse = notice(type="PROBLEM", state="WARNING", since="1772443999")
    assert first.event_key == repeated.event_key != worse.event_key
    assert first.fingerprint == worse.fingerprint


def test_host_and_service_of_one_machine_are_two_troubles() -> None:
    assert notice(service="").fingerprint == "nagios/web-1"
    assert notice(service="", state="1").title.startswith("web-1 is DOWN")
    assert notice().fingerprint == "nagios/web-1/HTTP"


def test_the_mail_says_the_same_as_the_command() -> None:
    by_command = send((FOLDER / "fixtures/service-problem.txt").read_text())
    by_mail = send((FOLDER / "fixtures/mail-nagios.txt").read_text(), "text/plain")
    assert (by_mail.fingerprint, by_mail.state, by_mail.severity, by_mail.title, by_mail.occurred_at, by_mail.body) == (
        by_command.fingerprint,
        by_command.state,
        by_command.severity,
        by_command.title,
        by_command.occurred_at,
        by_command.body,
    )


@pytest.mark.parametrize(
    ("text", "zone", "hour"),
    [
        ("Mon Mar 2 09:28:41 UTC 2026", "UTC", 9),
        ("Mon Mar  2 09:28:41 EST 2026", "UTC", 14),
        ("2026-03-02 09:28:41 +0100", "UTC", 8),
        ("2026-03-02 09:28:41", "Europe/Berlin", 8),
        ("2026.03.02 09:28:41", "UTC", 9),
        ("Mon Mar 2 09:28:41 CET 2026", "UTC", None),
        ("03-02-2026 09:28:41", "UTC", None),
        ("yesterday", "UTC", None),
        ("Mon Foo 2 09:28:41 UTC 2026", "UTC", None),
    ],
)
def test_times_are_read_or_left_to_the_house(text: str, zone: str, hour: int | None) -> None:
    found = send(urlencode({"host": "a", "state": "DOWN", "time": text}), zone=zone).occurred_at
    assert (found.hour if found else None) == hour


@pytest.mark.parametrize("file", ["commands.cfg", "icinga2.conf"])
def test_the_commands_that_ship_send_fields_that_are_read(file: str) -> None:
    text = (FOLDER / file).read_text()
    fields = dict(re.findall(r'"([a-z_]+)=(\$[A-Za-z_.]+\$)"', text))
    assert {"type", "host", "service", "state", "output", "since", "time", "comment"} <= set(fields)
    assert "--insecure" not in text
    filled = {**dict.fromkeys(fields, ""), "host": "a", "service": "b", "state": "CRITICAL", "type": "PROBLEM"}
    assert send(urlencode(filled)).state == "firing"


def test_without_host_or_state_it_is_refused() -> None:
    for body in ("", "host=a", "state=DOWN", "host=$HOSTNAME$&state=DOWN"):
        with pytest.raises(PayloadRejected):
            send(body)
