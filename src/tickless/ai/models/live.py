"""The wire to a real model, by pydantic-ai: no tools, no memory, one question, one answer of a given form."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from tickless.ai.models.options import ModelSettings
from tickless.ai.models.wire import Answer, ModelFailed, Request
from tickless.domain.errors import SettingsInvalid

if TYPE_CHECKING:
    from pydantic_ai.models import Model

OLLAMA = "http://127.0.0.1:11434/v1"
NO_KEY = "none"
"""Servers that want no key still get a header: the clients insist."""


def live_wire(settings: ModelSettings, key: Callable[[], str | None]) -> LiveWire:
    """The way to the configured model. `key` is asked at each call. Raises `SettingsInvalid` without the extra `llm`."""
    try:
        import anthropic  # noqa: F401
        import openai  # noqa: F401
        import pydantic_ai  # noqa: F401
    except ImportError as error:
        raise SettingsInvalid(
            "a language model is configured, but the packages that speak with one are not installed",
            mend="pip install 'tickless[llm]', or set model.provider to off",
        ) from error
    return LiveWire(settings, key)


class LiveWire:
    """Opens a connection for each call, so that nothing is left open and any thread may ask."""

    def __init__(
        self, settings: ModelSettings, key: Callable[[], str | None], *, model: Model[Any] | None = None
    ) -> None:
        """`model`: one that is there already, in place of the configured one."""
        self._settings = settings
        self._key = key
        self._model = model

    def ask(self, request: Request, *, seconds: float) -> Answer:
        return asyncio.run(self._ask(request, seconds))

    async def _ask(self, request: Request, seconds: float) -> Answer:
        from pydantic_ai.exceptions import AgentRunError, UserError

        try:
            async with asyncio.timeout(seconds), AsyncExitStack() as stack:
                return await self._run(request, self._model or await self._open(stack, seconds))
        except TimeoutError as error:
            raise ModelFailed("it took too long", resting=True) from error
        except (AgentRunError, UserError, ValueError) as error:  # ValueError: a key that no header can carry
            raise _failure(error) from error

    async def _run(self, request: Request, model: Model[Any]) -> Answer:
        from pydantic_ai import Agent, StructuredDict
        from pydantic_ai.settings import ModelSettings as CallSettings

        settings = CallSettings(max_tokens=request.most_tokens)
        if self._settings.provider != "anthropic":
            settings["temperature"] = 0.0
        form = StructuredDict(request.schema, name=request.use)
        agent = Agent(
            model, output_type=self._form(form), instructions=request.instructions, retries=0, model_settings=settings
        )
        result = await agent.run(request.text, infer_name=False)
        return Answer(dict(result.output), result.usage.input_tokens, result.usage.output_tokens)

    def _form(self, form: Any) -> Any:
        from pydantic_ai import NativeOutput, PromptedOutput, ToolOutput

        how = self._settings.output
        if how == "auto":
            how = "tool" if self._settings.provider == "anthropic" else "native"
        return {"native": NativeOutput, "tool": ToolOutput, "prompted": PromptedOutput}[how](form)

    async def _open(self, stack: AsyncExitStack, seconds: float) -> Model[Any]:
        from anthropic import AsyncAnthropic
        from openai import AsyncOpenAI
        from pydantic_ai.models.anthropic import AnthropicModel
        from pydantic_ai.models.ollama import OllamaModel
        from pydantic_ai.models.openai import OpenAIChatModel
        from pydantic_ai.profiles import ModelProfile
        from pydantic_ai.providers.anthropic import AnthropicProvider
        from pydantic_ai.providers.ollama import OllamaProvider
        from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

        name, url = self._settings.name, self._settings.base_url
        key = self._key_now() or NO_KEY
        if self._settings.provider == "anthropic":
            talk = AsyncAnthropic(api_key=key, base_url=url, max_retries=0, timeout=seconds)
            await stack.enter_async_context(talk)
            return AnthropicModel(name, provider=AnthropicProvider(anthropic_client=talk))
        client = AsyncOpenAI(api_key=key, base_url=url or OLLAMA, max_retries=0, timeout=seconds)
        await stack.enter_async_context(client)
        if self._settings.provider == "ollama":
            return OllamaModel(name, provider=OllamaProvider(openai_client=client))
        grammar = ModelProfile(supports_json_schema_output=True, supports_json_object_output=True)
        return OpenAIChatModel(
            name, provider=OpenAICompatibleProvider("openai-compatible", openai_client=client), profile=grammar
        )

    def _key_now(self) -> str | None:
        try:
            return self._key()
        except SettingsInvalid as error:
            raise ModelFailed(f"its key is missing: {error.public}") from error


def _failure(error: Exception) -> ModelFailed:
    """What went wrong in our words: an error's own text may quote what was sent."""
    from pydantic_ai import exceptions as x

    kind = type(error).__name__
    if isinstance(error, x.ModelHTTPError) and error.status_code in {401, 403}:
        return ModelFailed("its server refuses the key", resting=True, detail=kind)
    if isinstance(error, x.ModelHTTPError) and error.status_code == 404:
        return ModelFailed("its server does not know the model", resting=True, detail=kind)
    if isinstance(error, x.ModelHTTPError) and error.status_code == 429:
        return ModelFailed("its server asks us to slow down", resting=True, detail=kind)
    if isinstance(error, x.ModelHTTPError) and error.status_code < 500:
        return ModelFailed(f"its server refuses the request ({error.status_code})", detail=kind)
    if isinstance(error, x.ModelTimeoutError | x.ModelRequestTimeout):
        return ModelFailed("it took too long", resting=True, detail=kind)
    if isinstance(error, x.ModelAPIError):
        return ModelFailed("its server cannot be reached", again=True, resting=True, detail=kind)
    if isinstance(error, x.UnexpectedModelBehavior):
        return ModelFailed("its answer has not the right form", again=True, detail=kind)
    return ModelFailed("it cannot be asked this way", detail=kind)
