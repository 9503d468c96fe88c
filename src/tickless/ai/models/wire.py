"""What goes over the wire to a model, and what comes back: the one thing that is recorded and replayed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from tickless.ai.models.looking_up import MOST_LINE, MOST_LINES, Looked, Reach, ToolForm
from tickless.ai.models.options import Use
from tickless.domain.errors import TicklessError
from tickless.kit.canonical import digest

FOUND = MOST_LINES * MOST_LINE // 3
"""Tokens of what a look-up finds, at most."""


@dataclass(frozen=True)
class Request:
    """All that a model is told. `text` is redacted and fenced; `schema` is the JSON Schema of the answer."""

    use: Use
    model: str
    prompt: str
    """The prompt's version."""
    instructions: str
    text: str
    schema: dict[str, Any] = field(hash=False)
    most_tokens: int = 700
    tools: tuple[ToolForm, ...] = ()
    """What may be looked up."""
    most_look_ups: int = 0
    canary: str = ""
    """A word of the instructions that no answer may hold."""

    @property
    def hash(self) -> str:
        """Equal for equal requests, whenever and wherever they are made."""
        asked = [self.use, self.model, self.prompt, self.instructions, self.text, self.schema, self.most_tokens]
        tools = [[one.name, one.what, one.schema] for one in self.tools]
        return digest([*asked, tools, self.most_look_ups] if tools else asked)

    @property
    def estimate(self) -> int:
        """Tokens that it will take at most, roughly: three characters a token, and the longest answer. Each look-up sends all
        of it once more, and what was found."""
        once = (len(self.instructions) + len(self.text) + len(str(self.schema))) // 3 + self.most_tokens
        return once if not self.tools else (once + FOUND) * (self.most_look_ups + 1)


@dataclass(frozen=True)
class Answer:
    """A JSON object, as the model gave it, and what that cost."""

    output: dict[str, Any]
    sent: int = 0
    """Tokens."""
    received: int = 0
    looked: tuple[Looked, ...] = ()
    """What it looked up on the way."""


class ModelFailed(TicklessError):
    """No answer, and why, in a few words without anything secret. `again`: a second try may help."""

    code = "model_failed"
    status = 502

    def __init__(self, public: str, *, again: bool = False, resting: bool = False, detail: str = "") -> None:
        super().__init__(public, detail=detail)
        self.again = again
        self.resting = resting
        """The server is away or full: leave it alone for a while."""


class Wire(Protocol):
    """A way to a model."""

    def ask(self, request: Request, *, seconds: float, reach: Reach | None = None) -> Answer:
        """Raises `ModelFailed`, within about `seconds`. `reach`: asks the request's tools, if it has any."""
