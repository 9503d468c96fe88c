"""Messages of our own chat."""

import datetime as dt
import json

import pytest

from tickless.connectors.webchat.settings import Settings
from tickless.connectors.webchat.signals import RECEIVER
from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Payload
from tickless.sdk import Item

NOW = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)


def say(second: int = 0, **fields: str) -> tuple[bytes, Item]:
    body = json.dumps({"text": "yes", "conversation": "c1", **fields}).encode()
    payload = Payload(source="webchat", received_at=NOW + dt.timedelta(seconds=second), body=body)
    (raw,) = RECEIVER.split(payload, Settings())
    return raw, RECEIVER.read(raw, payload, Settings())


def test_saying_yes_twice_is_two_messages() -> None:
    (first_raw, first), (second_raw, second) = say(0), say(1)
    assert first_raw != second_raw
    assert first.event_key != second.event_key


def test_the_same_id_is_the_same_message() -> None:
    assert say(0, id="m1")[1].event_key == say(1, id="m1")[1].event_key
    assert say(0, id="m1")[1].event_key != say(0, id="m1", conversation="c2")[1].event_key


def test_a_body_cannot_say_who_speaks() -> None:
    with pytest.raises(PayloadRejected):
        say(person="p001")


def test_too_long_is_refused() -> None:
    with pytest.raises(PayloadRejected, match="longer than"):
        say(text="x" * 9_000)
