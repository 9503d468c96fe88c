"""What the settings say becomes a model of the right provider, at the right place, with the right key; nobody is called."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import pytest
from pydantic_ai.models import Model

from tickless.ai.models import ModelSettings
from tickless.ai.models.providers import open_model


def opened(key: str | None, **given: Any) -> tuple[Model[Any], Any]:
    """The model and its client."""

    async def look() -> tuple[Model[Any], Any]:
        async with AsyncExitStack() as stack:
            model = await open_model(ModelSettings(**given), key, stack, seconds=7)
            return model, model.client  # type: ignore[attr-defined]

    return asyncio.run(look())


@pytest.mark.parametrize(
    ("given", "kind", "url"),
    [
        (
            {"provider": "openai-compatible", "name": "qwen3-8b", "base_url": "https://models.example.com/v1"},
            "OpenAIChatModel",
            "https://models.example.com/v1/",
        ),
        ({"provider": "ollama", "name": "qwen3:8b"}, "OllamaModel", "http://127.0.0.1:11434/v1/"),
        (
            {"provider": "ollama", "name": "qwen3:8b", "base_url": "http://gpu:11434/v1"},
            "OllamaModel",
            "http://gpu:11434/v1/",
        ),
        ({"provider": "anthropic", "name": "claude-sonnet-4-5"}, "AnthropicModel", "https://api.anthropic.com"),
        (
            {"provider": "anthropic", "name": "claude-sonnet-4-5", "base_url": "https://gateway.example.com"},
            "AnthropicModel",
            "https://gateway.example.com",
        ),
    ],
)
def test_each_provider_has_its_model(given: dict[str, Any], kind: str, url: str) -> None:
    model, client = opened("a-key", **given)
    assert type(model).__name__ == kind
    assert model.model_name == given["name"]
    assert str(client.base_url).rstrip("/") == url.rstrip("/")
    assert client.api_key == "a-key"
    assert client.max_retries == 0, "tries are counted here, not there"
    assert client.timeout == 7


def test_a_server_without_a_key_is_sent_none_of_the_environments(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys come from the settings' reference alone."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-somebody-elses")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-somebody-elses")
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "somebody-elses")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "https://elsewhere.example")
    for given in ({"provider": "ollama", "name": "m"}, {"provider": "anthropic", "name": "m"}):
        _, client = opened(None, **given)
        assert client.api_key == "none"
        assert getattr(client, "auth_token", None) is None
        assert "elsewhere" not in str(client.base_url)
