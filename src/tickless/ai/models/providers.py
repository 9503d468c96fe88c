"""From settings to a model of pydantic-ai: OpenAI-compatible servers, Anthropic, Ollama. Opens no connection by itself."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from tickless.ai.models.options import ModelSettings

if TYPE_CHECKING:
    from pydantic_ai.models import Model

OLLAMA = "http://127.0.0.1:11434/v1"
ANTHROPIC = "https://api.anthropic.com"
NO_KEY = "none"
"""Servers that want no key still get a header: the clients insist."""


async def open_model(settings: ModelSettings, key: str | None, stack: AsyncExitStack, *, seconds: float) -> Model[Any]:
    """The model that the settings name. Its client is closed with `stack`, and tries nothing again by itself."""
    if settings.provider == "anthropic":
        return await _anthropic(settings, key or NO_KEY, stack, seconds)
    from openai import AsyncOpenAI
    from pydantic_ai.models.ollama import OllamaModel
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.profiles import ModelProfile
    from pydantic_ai.providers.ollama import OllamaProvider
    from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

    client = AsyncOpenAI(api_key=key or NO_KEY, base_url=settings.base_url or OLLAMA, max_retries=0, timeout=seconds)
    await stack.enter_async_context(client)
    if settings.provider == "ollama":
        return OllamaModel(settings.name, provider=OllamaProvider(openai_client=client))
    grammar = ModelProfile(supports_json_schema_output=True, supports_json_object_output=True)
    provider = OpenAICompatibleProvider("openai-compatible", openai_client=client)
    return OpenAIChatModel(settings.name, provider=provider, profile=grammar)


async def _anthropic(settings: ModelSettings, key: str, stack: AsyncExitStack, seconds: float) -> Model[Any]:
    from anthropic import AsyncAnthropic
    from pydantic_ai.models.anthropic import AnthropicModel
    from pydantic_ai.providers.anthropic import AnthropicProvider

    url = settings.base_url or ANTHROPIC
    talk = AsyncAnthropic(api_key=key, base_url=url, max_retries=0, timeout=seconds)
    talk.auth_token = None  # else a token of the environment would go along, to whatever place the settings name
    await stack.enter_async_context(talk)
    return AnthropicModel(settings.name, provider=AnthropicProvider(anthropic_client=talk))
