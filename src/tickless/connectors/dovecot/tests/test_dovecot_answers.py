"""What an odd Dovecot answers is an error of the house's or a number, never a surprise."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.connectors.dovecot.client import Doveadm, Storage
from tickless.connectors.dovecot.probes import shown
from tickless.connectors.dovecot.settings import Settings
from tickless.domain.errors import Rejected, Unreachable
from tickless.sdk.deadline import Deadline
from tickless.sdk.http import HttpClient
from tickless.sdk.testing import Answer, serve

SETTINGS = Settings(url="http://127.0.0.1:1", api_key="env:K")


def asked(body: Any) -> Storage | None:
    with serve(lambda _: Answer(body=body)) as server:
        return Doveadm(HttpClient(server.url), Deadline.within(5, who="Dovecot"), SETTINGS).storage("anna")


@pytest.mark.parametrize(
    "body", [{}, [], [1], [["doveadmResponse", []]], [["doveadmResponse", [{"type": "MESSAGE"}]]], [["error", {}]]]
)
def test_answers_that_say_nothing_are_refused(body: Any) -> None:
    with pytest.raises(Rejected):
        asked(body)


def test_a_mailbox_that_is_not_there_is_none_and_a_busy_server_is_unreachable() -> None:
    assert asked([["error", {"exitCode": 67}, "t"]]) is None
    with pytest.raises(Unreachable):
        asked([["error", {"exitCode": 75}, "t"]])


def test_no_limit_is_nothing_per_cent() -> None:
    storage = asked([["doveadmResponse", [{"type": "STORAGE", "value": "10", "limit": "-"}], "t"]])
    assert storage == Storage(10, 0)
    assert shown(storage).percent == 0


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_any_sizes_are_shown(used: int, limit: int) -> None:
    quota = shown(Storage(used, limit))
    assert quota.percent >= 0
    assert (quota.percent > 100) <= (used > limit)
