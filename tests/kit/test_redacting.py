"""Secrets in words, in fields and in what libraries log are masked; what only speaks of secrets stays."""

from __future__ import annotations

import io
import logging
import sys

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from tickless.kit.log import configure_logging, get_logger
from tickless.kit.redaction import MASK, redact_secrets, redact_within

SECRET = "Kq7f3Zr9x"
SAID = (
    "my password is {}", "password: {}", "passwd={}&user=x", "client_secret: '{}' is refused", '"token": "{}"', "PIN: {}",
    "Authorization: Bearer {}", "https://me:{}@files.example/x", "the passphrase was {}", "private key = {}",
    "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----", "use ghp_{}abcdef",
)  # fmt: skip


@pytest.mark.parametrize("said", SAID)
def test_a_secret_in_words_is_masked_and_the_words_stay(said: str) -> None:
    found = redact_secrets(f"hello, {said.format(SECRET)} thanks")
    assert SECRET not in found
    assert MASK in found
    assert found.startswith("hello, ")
    assert found.endswith(" thanks")


@pytest.mark.parametrize("text", [
    "my password is expired", "the token was refused", "I forgot my pin", "reset the password of Anna", "the secret is out",
])  # fmt: skip
def test_what_only_speaks_of_secrets_stays(text: str) -> None:
    assert redact_secrets(text) == text


nested = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.just(f"password={SECRET}"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(nested)
def test_masking_goes_all_the_way_down_and_twice_is_once(value: object) -> None:
    masked = redact_within(value)
    assert SECRET not in repr(masked)
    assert redact_within(masked) == masked


def test_what_libraries_and_lists_say_is_masked_in_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    before, set_up = logging.getLogger().handlers[:], structlog.get_config()
    try:
        configure_logging(level="INFO")
        logging.getLogger("some.library").warning("GET /x?api_key=%s", SECRET)
        get_logger("test").warning("said", problems=[{"why": f"password: {SECRET}"}], plain="well")
    finally:
        logging.getLogger().handlers[:] = before
        structlog.configure(**set_up)
    told = stream.getvalue()
    assert SECRET not in told
    assert "well" in told
    assert told.count(MASK) == 2
