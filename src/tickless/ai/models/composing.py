"""Answers from knowledge in a model's words: what `practices.knowledge` calls a composer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from tickless.ai.models.gateway import Models


class Numbered(Protocol):
    """A passage that may be cited by its number."""

    @property
    def number(self) -> int: ...

    @property
    def text(self) -> str: ...


class ModelComposer:
    """Asks the model; gives None, and the article's own words are said, whenever there is no checked answer."""

    def __init__(self, models: Models) -> None:
        self._models = models

    def compose(self, question: str, passages: Sequence[Numbered]) -> str | None:
        """Text with `[n]` behind each sentence."""
        heard = self._models.compose(question, {one.number: one.text for one in passages})
        return heard.value.text if heard.value is not None else None
