"""Who may come in by the Events API, and what a listener notes of where it stands."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.connectors.slack.missed import MOST_RECENT, Mark
from tickless.connectors.slack.settings import Settings
from tickless.connectors.slack.signals import authenticate, handshake
from tickless.domain.signal import Payload

NOW = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
EVENTS = Settings(mode="events")
HEADER = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF), max_size=80)


def payload(body: bytes, stamp: str, signature: str) -> Payload:
    headers = {"x-slack-request-timestamp": stamp, "x-slack-signature": signature}
    return Payload(source="slack", received_at=NOW, headers=headers, body=body)


def signed(body: bytes, stamp: str, secret: str = SECRET) -> str:
    return "v0=" + hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()


@given(body=st.binary(max_size=200), age=st.integers(-300, 300))
def test_what_slack_signed_comes_in_and_one_changed_byte_does_not(body: bytes, age: int) -> None:
    stamp = str(int(NOW.timestamp()) - age)
    good = signed(body, stamp)
    assert authenticate(payload(body, stamp, good), EVENTS, lambda _: SECRET)
    assert not authenticate(payload(body + b" ", stamp, good), EVENTS, lambda _: SECRET)
    assert not authenticate(payload(body, str(int(stamp) + 1), good), EVENTS, lambda _: SECRET)
    assert not authenticate(payload(body, stamp, good), EVENTS, lambda _: "another secret")
    assert not authenticate(payload(body, stamp, good), Settings(), lambda _: SECRET)


@given(age=st.integers(301, 10**9) | st.integers(-(10**9), -301))
def test_what_is_old_or_from_the_future_does_not(age: int) -> None:
    stamp = str(int(NOW.timestamp()) - age)
    assert not authenticate(payload(b"{}", stamp, signed(b"{}", stamp)), EVENTS, lambda _: SECRET)


@given(
    body=st.binary(max_size=40), stamp=HEADER | st.sampled_from(["", "١٢", "9" * 400, "-1", "1e3"]), signature=HEADER
)
def test_any_headers_are_refused_without_a_stumble(body: bytes, stamp: str, signature: str) -> None:
    assert authenticate(payload(body, stamp, signature), EVENTS, lambda _: SECRET) is False


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"type":"event_callback"}', b"payload=%7B%7D", b"\xff"])
def test_only_a_challenge_is_answered(body: bytes) -> None:
    assert handshake(payload(body, "", ""), EVENTS) is None


@given(written=st.text(max_size=40) | st.just('{"at": 5, "recent": {"a": 1}}') | st.none())
def test_any_mark_is_read(written: str | None) -> None:
    mark = Mark.read(written)
    assert Mark.read(mark.written()) == mark


@given(
    words=st.lists(
        st.tuples(st.sampled_from(["D1", "D2", "C1"]) | st.integers(0, 300).map("D{}".format), st.floats(0, 1e10))
    )
)
def test_a_mark_never_goes_back_and_stays_small(words: list[tuple[str, float]]) -> None:
    mark = Mark()
    for channel, at in words:
        after = mark.after(channel, f"{at:.6f}")
        assert float(after.at or 0) >= float(mark.at or 0)
        assert after.recent[:1] == ((channel,) if channel.startswith("D") else mark.recent[:1])
        mark = after
    assert len(set(mark.recent)) == len(mark.recent) <= MOST_RECENT
    assert not any(channel.startswith("C") for channel in mark.recent)
