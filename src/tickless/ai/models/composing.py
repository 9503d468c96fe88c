"""Answers from knowledge in a model's words: what `practices.knowledge` calls a composer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from tickless.ai.models.gateway import Models
from tickless.ai.models.looking_up import Tool


class Numbered(Protocol):
    """A passage that may be cited by its number."""

    @property
    def number(self) -> int: ...

    @property
    def text(self) -> str: ...


class ModelComposer:
    """Asks the model; gives None, and the article's own words are said, whenever there is no checked answer."""

    def __init__(self, models: Models, tools: Sequence[Tool] = ()) -> None:
        self._models = models
        self._tools = tuple(tools)

    def aided(self, tools: Sequence[Tool]) -> ModelComposer:
        """The same, for somebody in whose name things may be looked up."""
        return ModelComposer(self._models, tools)

    def compose(self, question: str, passages: Sequence[Numbered]) -> str | None:
        """Text with `[n]` behind each sentence."""
        heard = self._models.compose(question, {one.number: one.text for one in passages}, tools=self._tools)
        return heard.value.text if heard.value is not None else None
