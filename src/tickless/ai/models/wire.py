"""What goes over the wire to a model, and what comes back: the one thing that is recorded and replayed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from tickless.ai.models.options import Use
from tickless.domain.errors import TicklessError
from tickless.kit.canonical import digest


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

    @property
    def hash(self) -> str:
        """Equal for equal requests, whenever and wherever they are made."""
        asked = [self.use, self.model, self.prompt, self.instructions, self.text, self.schema, self.most_tokens]
        return digest(asked)

    @property
    def estimate(self) -> int:
        """Tokens that it will take at most, roughly: three characters a token, and the longest answer."""
        return (len(self.instructions) + len(self.text) + len(str(self.schema))) // 3 + self.most_tokens


@dataclass(frozen=True)
class Answer:
    """A JSON object, as the model gave it, and what that cost."""

    output: dict[str, Any]
    sent: int = 0
    """Tokens."""
    received: int = 0


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

    def ask(self, request: Request, *, seconds: float) -> Answer:
        """Raises `ModelFailed`, within about `seconds`."""
