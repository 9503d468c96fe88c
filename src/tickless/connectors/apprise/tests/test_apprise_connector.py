"""Notifications: what is told when a target is not there, and sending again on demand."""

import datetime as dt
from pathlib import Path

import pytest

from tickless.domain.errors import Rejected, SettingsInvalid
from tickless.sdk import Call
from tickless.sdk.registry import load_connector, make_instance
from tickless.sdk.secrets import Secrets
from tickless.sdk.testing import Answer, serve

NOW = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
CONNECTOR = load_connector(Path(__file__).parents[1])


def send(url: str, *, target: str = "ops", when_unsure: str = "refuse", again: bool = False) -> None:
    settings = {"targets": {"ops": "env:URL"}, "when_unsure": when_unsure}
    instance = make_instance("notify", CONNECTOR, settings, Secrets({"URL": url}))
    operation = CONNECTOR.operations["send"]
    call = Call(instance, "run:step", NOW, 2.0, first_started=NOW if again else None)
    operation.run(call, operation.params.model_validate({"target": target, "title": "t", "text": "<b>x</b>"}))


def test_an_unknown_target_says_which_there_are() -> None:
    with pytest.raises(Rejected) as refused:
        send("json://127.0.0.1", target="nobody")
    assert "ops" in refused.value.mend


def test_an_address_that_apprise_does_not_know_is_not_repeated_in_the_error() -> None:
    with pytest.raises(SettingsInvalid) as refused:
        send("nonsense-secret-url")
    assert "nonsense" not in f"{refused.value.public} {refused.value.detail} {refused.value.mend}"


def test_sending_again_is_the_operators_choice() -> None:
    with serve(lambda _: Answer()) as server:
        url = server.url.replace("http://", "json://")
        send(url, when_unsure="send_again")
        send(url, when_unsure="send_again", again=True)
    assert [asked.json()["message"] for asked in server.asked] == ["<b>x</b>"] * 2
