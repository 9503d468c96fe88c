"""What comes in is GitHub's own word, or nobody's."""

import datetime as dt
import hashlib
import hmac

from hypothesis import given
from hypothesis import strategies as st

from tickless.connectors.github.settings import Settings
from tickless.connectors.github.signals import authenticate
from tickless.domain.signal import Payload

SETTINGS = Settings(webhook_secret="env:S")


def arriving(body: bytes, signature: str) -> Payload:
    now = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
    return Payload(source="code", received_at=now, body=body, headers={"x-hub-signature-256": signature})


def signed(body: bytes, secret: str = "sesame") -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


@given(st.binary(), st.binary(min_size=1))
def test_only_what_the_secret_signed_comes_in(body: bytes, more: bytes) -> None:
    def reveal(_: str) -> str:
        return "sesame"

    assert authenticate(arriving(body, signed(body)), SETTINGS, reveal)
    assert not authenticate(arriving(body + more, signed(body)), SETTINGS, reveal)
    assert not authenticate(arriving(body, signed(body, "other")), SETTINGS, reveal)
    assert not authenticate(arriving(body, ""), SETTINGS, reveal)


def test_without_a_secret_in_the_settings_nothing_counts_as_signed() -> None:
    assert not authenticate(arriving(b"{}", signed(b"{}", "")), Settings(), lambda _: "")
