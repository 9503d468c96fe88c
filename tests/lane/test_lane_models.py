"""The wire to a real OpenAI-compatible server with a real, very small model: form, key, time. Not judgement."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from tests.ai.model_bench import LABELS, NOON, Purse
from tests.servers.silent import silent_port
from tests.servers.xllamacpp import ModelServer

from tickless.ai.models import Models, ModelSettings, Reading, Recorder, Replay, Wire, live_wire
from tickless.kit.clock import ManualClock

TEXT = "The VPN does not connect since this morning."


def asking(server: ModelServer, *, url: str | None = None, seconds: float = 240) -> ModelSettings:
    return ModelSettings(
        provider="openai-compatible",
        name=server.name,
        base_url=url or server.url,
        key="env:KEY",
        timeout_seconds=seconds,
    )


def models(settings: ModelSettings, wire: Wire) -> Models:
    return Models(settings, wire, Purse(), ManualClock(NOON))


def test_a_real_model_answers_in_the_form_and_is_checked(model_server: ModelServer, tmp_path: Path) -> None:
    """The grammar holds it to the known labels; whether it was right is checked, and whatever it said can be replayed."""
    settings = asking(model_server)
    file = tmp_path / "answers.jsonl"
    heard = models(settings, Recorder(live_wire(settings, lambda: model_server.key), file)).understand(TEXT, LABELS)
    assert heard.call is not None
    assert heard.call.received > 0, heard.reason
    assert heard.call.outcome in {"used", "discarded"}, heard.reason
    assert heard.reason in {"", "it quotes what was not written", "it names a need twice"}
    if heard.value is not None:
        assert isinstance(heard.value, Reading)
        assert {need.label for need in heard.value.needs} <= set(LABELS)
    again = models(settings, Replay(file)).understand(TEXT, LABELS)
    assert (again.value, again.reason) == (heard.value, heard.reason)


@pytest.mark.parametrize(("provider", "path"), [("ollama", "/v1"), ("anthropic", "")])
def test_the_other_providers_speak_their_protocols(
    model_server: ModelServer, provider: Literal["ollama", "anthropic"], path: str
) -> None:
    """The server speaks all three; whether so small a model finds the form of a tool call is its own affair."""
    settings = ModelSettings(provider=provider, name="smollm2", base_url=model_server.url.removesuffix("/v1") + path,
                             key="env:KEY", timeout_seconds=240)  # fmt: skip
    heard = models(settings, live_wire(settings, lambda: model_server.key)).understand(TEXT, LABELS)
    assert heard.reason in {
        "",
        "it quotes what was not written",
        "it names a need twice",
        "its answer has not the right form",
    }
    refused = models(settings, live_wire(settings, lambda: "another-key")).understand(TEXT, LABELS)
    assert refused.reason == "its server refuses the key"


def test_a_wrong_key_is_told_and_nothing_breaks(model_server: ModelServer) -> None:
    settings = asking(model_server)
    asked = models(settings, live_wire(settings, lambda: "another-key"))
    heard = asked.understand(TEXT, LABELS)
    assert heard.value is None
    assert heard.reason == "its server refuses the key"
    ok, detail, mend = asked.health()
    assert not ok
    assert "another-key" not in detail + mend


def test_a_server_that_says_nothing_costs_no_more_than_the_time_for_an_answer(model_server: ModelServer) -> None:
    with silent_port() as port:
        settings = asking(model_server, url=f"http://127.0.0.1:{port}/v1", seconds=0.5)
        heard = models(settings, live_wire(settings, lambda: None)).understand(TEXT, LABELS)
    assert heard.value is None
    assert heard.reason == "it took too long"


def test_a_server_that_is_away_is_told(model_server: ModelServer) -> None:
    settings = asking(model_server, url="http://127.0.0.1:9/v1", seconds=30)
    heard = models(settings, live_wire(settings, lambda: None)).understand(TEXT, LABELS)
    assert heard.reason == "its server cannot be reached"
