"""`toolbox.*`: tools that an outside server offers, each of which somebody has to classify before it may be called."""

from __future__ import annotations

from tickless.domain.runbook import Effect
from tickless.domain.tool_effect import ToolState
from tickless.sdk.capabilities.shape import Shape
from tickless.sdk.operations import Output, Params


class AnyTool(Params):
    """Every tool of the server."""


class ToolShown(Output):
    """`description` and `arguments` are the server's words, cut. `sha256` is over everything that the server tells of it."""

    name: str
    state: ToolState
    effect: Effect | None = None
    sha256: str
    description: str = ""
    arguments: tuple[str, ...] = ()


class ToolsShown(Output):
    tools: tuple[ToolShown, ...] = ()
    waiting: int = 0
    """How many nobody has read, or have changed since."""


SHAPES = (Shape("toolbox.offered", "probe", AnyTool, ToolsShown),)
