"""Actions and probes: what a connector can do and what it can be asked. Functions with typed parameters.

An *action* changes (or reads) an outside system and returns a `Result`; a *probe* only asks and returns one too.
Every operation is a plain function `(call, params) -> Result`, marked with `@action` or `@probe`; what it promises
(effect, undo, dry run, idempotence) is data in the folder's `manifest.toml`, where it can be read without importing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict

from tickless.domain.receipt import UndoStep


class Params(BaseModel):
    """Base of every operation's parameters: frozen, unknown names refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Output(BaseModel):
    """Base of every operation's answer. Its fields are what `${{ steps.x.field }}` and `expect` may use."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Result(BaseModel):
    """What an operation did or found."""

    model_config = ConfigDict(frozen=True)

    output: Output
    changed: bool = False
    """True only if the outside system is different now (or, in a dry run, would be)."""
    summary: str
    """One sentence for the story: what was done or seen. No secrets."""
    undo: UndoStep | None = None


P = TypeVar("P", bound=Params)
Function = Callable[[Any, P], Result]
"""`(call: Call, params: P) -> Result`; `Call` stands in `connector.py`, which imports this module."""


@dataclass(frozen=True)
class Operation:
    """A marked function with its typed ends."""

    name: str
    kind: str
    params: type[Params]
    output: type[Output]
    run: Callable[[Any, Any], Result]


def action(name: str, *, params: type[P], output: type[Output]) -> Callable[[Function[P]], Function[P]]:
    """Mark a function as the action `name` (without the connector's own name)."""
    return _marker(name, "action", params, output)


def probe(name: str, *, params: type[P], output: type[Output]) -> Callable[[Function[P]], Function[P]]:
    """Mark a function as the probe `name`. A probe never changes anything."""
    return _marker(name, "probe", params, output)


def _marker(name: str, kind: str, params: type[P], output: type[Output]) -> Callable[[Function[P]], Function[P]]:
    def mark(function: Function[P]) -> Function[P]:
        function.__tickless_operation__ = Operation(name, kind, params, output, function)  # type: ignore[attr-defined]
        return function

    return mark


def operations_of(*modules: Any) -> dict[str, Operation]:
    """Every marked function of these modules, and what stands in their `OPERATIONS`, by name. Raises ValueError when a name
    is taken twice."""
    found: dict[str, Operation] = {}
    for module in modules:
        marked = [value.__tickless_operation__ for value in vars(module).values() if _marked_in(value, module)]
        for operation in (*marked, *getattr(module, "OPERATIONS", ())):
            if operation.name in found:
                raise ValueError(f"{module.__name__} marks {operation.name!r} twice")
            found[operation.name] = operation
    return found


def _marked_in(value: Any, module: Any) -> bool:
    """Marked in this very module: what it only imports is another's."""
    operation = getattr(value, "__tickless_operation__", None)
    return isinstance(operation, Operation) and value.__module__ == module.__name__
