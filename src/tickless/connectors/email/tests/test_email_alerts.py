"""Whose mails are alerts, and whose stay a person's."""

import datetime as dt

import pytest
from pydantic import ValidationError

from tickless.connectors.email.settings import Settings
from tickless.connectors.email.signals import PROVEN, RECEIVER
from tickless.domain.signal import Payload
from tickless.sdk import Item

NOW = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
MONITOR = "nagios@mon.larkmoor.example"
VOUCHED = "Authentication-Results: mx.larkmoor.example; dkim=pass header.d=mon.larkmoor.example\n"


def receive(
    head: str = VOUCHED, *, sender: str = MONITOR, headers: dict[str, str] | None = None, **settings: object
) -> Item:
    mail = f"{head}From: Mon <{sender}>\nMessage-ID: <1@x>\nSubject: [ALERT] shop is down\n\nIt does not answer.\n"
    payload = Payload(
        source="mail", received_at=NOW, headers=headers or {}, content_type="message/rfc822", body=mail.encode()
    )
    given = {"authserv_id": "mx.larkmoor.example", "alerts_from": (MONITOR,), **settings}
    return RECEIVER.read(payload.body, payload, Settings.model_validate(given))


def test_a_monitor_that_our_server_vouches_for_sends_alerts() -> None:
    item = receive()
    assert (item.kind, item.state, item.title, item.said) == ("alert", "firing", "[ALERT] shop is down", None)


@pytest.mark.parametrize(
    "head", ["", VOUCHED.replace("dkim=pass", "dkim=fail"), VOUCHED.replace("mx.larkmoor", "mx.evil")]
)
def test_a_forged_monitor_is_nobody(head: str) -> None:
    item = receive(head)
    assert item.kind == "message"
    assert item.said is not None
    assert item.said.email == ""
    assert receive(head, alerts_unproven=True).kind == "alert"


def test_people_stay_people() -> None:
    assert receive(sender="ida@larkmoor.example").kind == "message"
    assert receive(sender=f"x{MONITOR}").kind == "message"
    assert receive(alerts_from=()).kind == "message"
    assert receive(headers={PROVEN: "place-1"}).kind == "message"


@pytest.mark.parametrize("allowed", ["@mon.larkmoor.example", "NAGIOS@mon.larkmoor.example"])
def test_a_domain_stands_for_all_its_addresses_and_case_does_not_matter(allowed: str) -> None:
    assert receive(alerts_from=(allowed,)).kind == "alert"


@pytest.mark.parametrize("allowed", ["@larkmoor.example", "@n.larkmoor.example"])
def test_a_domain_stands_for_no_other(allowed: str) -> None:
    assert receive(alerts_from=(allowed,)).kind == "message"


@pytest.mark.parametrize(
    "wrong", [{"alerts_from": ["everybody"]}, {"alerts_from": ["a@"]}, {"alerts_zone": "Middle/Earth"}]
)
def test_wrong_settings_are_told_at_once(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate(wrong)
