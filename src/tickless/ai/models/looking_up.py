"""What a model may look up while it reads or answers: questions that only read, asked in the name of whoever wrote.

A tool has one argument, words. What it finds is outside text: tamed, redacted with the stand-ins of the same call, fenced.
There is no tool with an effect, and the number of questions is bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from tickless.ai.models.masking import Mask
from tickless.ai.models.options import Look
from tickless.ai.models.prompting import fenced
from tickless.domain.errors import TicklessError
from tickless.domain.record import Untrusted

MOST_LINES = 8
MOST_LINE = 300
ENOUGH = "No more can be looked up. Answer with what you have."
NOTHING = "Nothing was found."
_ARGUMENT = {
    "type": "object",
    "properties": {"about": {"type": "string", "maxLength": 200}},
    "required": ["about"],
    "additionalProperties": False,
}


@dataclass(frozen=True)
class ToolForm:
    """A tool as a model is told of it."""

    name: str
    what: str
    schema: dict[str, Any] = field(default_factory=lambda: dict(_ARGUMENT), hash=False)


@dataclass(frozen=True)
class Tool:
    """`find`: reads what the writer may read; one line a record; empty: nothing."""

    name: Look
    what: str
    find: Callable[[str], Sequence[Untrusted]]

    @property
    def form(self) -> ToolForm:
        return ToolForm(self.name, self.what)


@dataclass(frozen=True)
class Looked:
    """One question of a model and what it was told, both as they went over the wire."""

    tool: str
    about: str
    found: str


class Reach(Protocol):
    """How a wire asks a tool."""

    def __call__(self, tool: str, about: str) -> str:
        """What was found, redacted. Never raises."""


class Looking:
    """The look-ups of one request."""

    def __init__(self, tools: Sequence[Tool], mask: Mask, *, most: int) -> None:
        self._tools = {tool.name: tool for tool in tools}
        self._mask = mask
        self._left = most

    def __call__(self, tool: str, about: str) -> str:
        known = next((one for name, one in self._tools.items() if name == tool), None)
        if known is None:
            return NOTHING
        if self._left <= 0:
            return ENOUGH
        self._left -= 1
        asked = Untrusted(self._mask.put_back(about)).tame(200)
        try:
            lines = [line.tame(MOST_LINE) for line in known.find(asked)[:MOST_LINES]]
        except TicklessError:
            return "This cannot be looked up now."
        found = "\n".join(line for line in lines if line)
        return fenced(f"found by {tool}", self._mask.hide(found)) if found else NOTHING
