"""The form of described procedures: what is described, what is given, how it has to end, what must not be missing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field

from bench.suite_files import SUITES, Entry, read_suite, role_text

ARCHITECT = SUITES / "architect"
KINDS = frozenset({
    "verify", "undo", "irreversible", "approval", "guard", "precheck", "condition", "loop", "wait", "timeout", "ask", "notify",
    "limit", "canary", "parallel", "schedule", "manual", "secret", "handoff", "output", "say",
})  # fmt: skip

States = dict[str, dict[str, str]]
"""Subject → property → value, all of them words."""


def _states(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    found: States = {}
    for subject, of in value.items():
        name = str(role_text(subject))
        if isinstance(of, dict):
            found[name] = {str(role_text(one)): str(role_text(held)) for one, held in of.items()}
        else:  # a property of whoever writes
            found.setdefault("{me}", {})[name] = str(role_text(of))
    return found


def _musts(value: Any) -> Any:
    listed = value if isinstance(value, list) else [value]
    found = []
    for one in listed:
        if isinstance(one, dict):
            found += [f"{kind}: {about}" for kind, about in one.items()]
        else:
            found.append(str(one))
    return found


class Procedure(Entry):
    """One described procedure. Keys beyond these are remarks of its author."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    describes: str
    given: Annotated[States, BeforeValidator(_states)] = Field(default_factory=dict)
    ends: Annotated[States, BeforeValidator(_states)] = Field(default_factory=dict)
    must: Annotated[list[str], BeforeValidator(_musts)] = Field(default_factory=list)
    impossible: bool = False


def read_procedures(folder: Path) -> list[Procedure]:
    """Every procedure below the folder. Raises `CannotRun` with file, entry and key of what is wrong."""
    return read_suite(folder, Procedure, keys=("describes",))
