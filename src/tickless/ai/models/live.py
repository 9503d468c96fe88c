"""The wire to a real model, by pydantic-ai: no memory, one question, one answer of a given form; tools that only read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from tickless.ai.models.looking_up import Looked, Reach, ToolForm
from tickless.ai.models.options import ModelSettings
from tickless.ai.models.providers import open_model
from tickless.ai.models.wire import Answer, ModelFailed, Request
from tickless.domain.errors import SettingsInvalid

if TYPE_CHECKING:
    from pydantic_ai import Tool
    from pydantic_ai.models import Model


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

    def ask(self, request: Request, *, seconds: float, reach: Reach | None = None) -> Answer:
        return asyncio.run(self._ask(request, seconds, reach))

    async def _ask(self, request: Request, seconds: float, reach: Reach | None) -> Answer:
        from pydantic_ai.exceptions import AgentRunError, UserError

        try:
            async with asyncio.timeout(seconds), AsyncExitStack() as stack:
                opened = self._model or await open_model(self._settings, self._key_now(), stack, seconds=seconds)
                return await self._run(request, opened, reach)
        except TimeoutError as error:
            raise ModelFailed("it took too long", resting=True) from error
        except (AgentRunError, UserError, ValueError) as error:  # ValueError: a key that no header can carry
            raise _failure(error) from error

    async def _run(self, request: Request, model: Model[Any], reach: Reach | None) -> Answer:
        from pydantic_ai import Agent, StructuredDict
        from pydantic_ai.settings import ModelSettings as CallSettings
        from pydantic_ai.usage import UsageLimits

        settings = CallSettings(max_tokens=request.most_tokens)
        if self._settings.provider != "anthropic":
            settings["temperature"] = 0.0
        form = StructuredDict(request.schema, name=request.use)
        looked: list[Looked] = []
        tools = [_tool(one, reach, looked) for one in request.tools if reach is not None]
        output = self._form(form, tools=bool(tools))
        agent = Agent(
            model,
            output_type=output,
            instructions=request.instructions,
            retries=0,
            model_settings=settings,
            tools=tools,
        )
        turns = UsageLimits(request_limit=request.most_look_ups + 2)
        result = await agent.run(request.text, infer_name=False, usage_limits=turns)
        return Answer(dict(result.output), result.usage.input_tokens, result.usage.output_tokens, tuple(looked))

    def _form(self, form: Any, *, tools: bool) -> Any:
        from pydantic_ai import NativeOutput, PromptedOutput, ToolOutput

        how = self._settings.output
        if how == "auto":
            how = (
                "tool" if tools or self._settings.provider == "anthropic" else "native"
            )  # many refuse grammar and tools at once
        return {"native": NativeOutput, "tool": ToolOutput, "prompted": PromptedOutput}[how](form)

    def _key_now(self) -> str | None:
        try:
            return self._key()
        except SettingsInvalid as error:
            raise ModelFailed(f"its key is missing: {error.public}") from error


def _tool(form: ToolForm, reach: Reach, looked: list[Looked]) -> Tool[None]:
    from pydantic_ai import Tool

    def look(about: str) -> str:
        found = reach(form.name, about)
        looked.append(Looked(form.name, about, found))
        return found

    return Tool.from_schema(look, name=form.name, description=form.what, json_schema=form.schema, sequential=True)


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
