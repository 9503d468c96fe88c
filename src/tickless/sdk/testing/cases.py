"""Contract cases: a connector's operation, over something live that the case starts, as data for the suite."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from tickless.domain.errors import AuthFailed, OutsideError, RateLimited, Rejected, Unreachable
from tickless.domain.tool_effect import ToolEffect

Fault = Literal[
    "unauthenticated", "forbidden", "rate_limited", "failing", "hangs", "not_listening", "not_found", "invalid"
]

EXPECTED_ERROR: dict[Fault, type[OutsideError]] = {
    "unauthenticated": AuthFailed,
    "forbidden": AuthFailed,
    "rate_limited": RateLimited,
    "failing": Unreachable,
    "hangs": Unreachable,
    "not_listening": Unreachable,
    "not_found": Rejected,
    "invalid": Rejected,
}


class MissingServer(Exception):
    """A world needs a program that is not here. The suite skips and names the package; with `CI` set it fails."""

    def __init__(self, program: str, *, package: str) -> None:
        super().__init__(f"{program} is missing: install {package}")
        self.program = program
        self.package = package


def _nothing() -> None:
    return None


@dataclass(frozen=True)
class World:
    """What a case runs against.

    `secrets`: name → value, reachable as `env:NAME`; the suite fails if a value shows up in a result or an error, so
    make them long and unlike anything else. `look` returns the outside state as a plain value to compare.
    `params` are laid over the case's own, for what is known only once the world runs (a port, an id).
    """

    settings: Mapping[str, Any]
    secrets: Mapping[str, str] = field(default_factory=dict)
    look: Callable[[], Any] = _nothing
    params: Mapping[str, Any] = field(default_factory=dict)
    said: Mapping[str, ToolEffect] = field(default_factory=dict)
    """What people have said of tools that the outside system offers."""


OpenWorld = Callable[[], AbstractContextManager[World]]


@dataclass(frozen=True)
class ContractCase:
    """One operation in one world. See `README.md` of this folder for what the suite does with it.

    `changes`: the operation changes the world here. `expect`: fields of the output, as they must come back.
    `undo_restores`: running the result's undo brings `look()` back to what it was before.
    `refuses_repeat`: the outside has no way to tell a repeat, so a second try with the same key raises `Rejected`.
    `faults`: for each way of failing, a world in which it fails that way (`http_faults` makes all of them).
    """

    operation: str
    world: OpenWorld
    params: Mapping[str, Any] = field(default_factory=dict)
    changes: bool = False
    expect: Mapping[str, Any] = field(default_factory=dict)
    undo_restores: bool = False
    faults: Mapping[Fault, OpenWorld] = field(default_factory=dict)
    refuses_repeat: bool = False
    name: str = ""
    patience: float = 10.0
    """Seconds it is given: more for what starts a slow program."""

    @property
    def title(self) -> str:
        return f"{self.operation}[{self.name}]" if self.name else self.operation


def cases_of(folder: Path) -> list[ContractCase]:
    """`CASES` of the folder's `tests/contract_case.py`; none if there is no such file."""
    path = folder / "tests" / "contract_case.py"
    if not path.is_file():
        return []
    spec = importlib.util.spec_from_file_location(f"contract_case_of_{folder.name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return list(module.CASES)
