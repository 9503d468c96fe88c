"""A receipt: the record of one step's effect, with its undo."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from pydantic import AwareDatetime, Field

from tickless.domain.record import Record


class UndoStep(Record):
    """How to take an effect back."""

    uses: str
    with_: dict[str, Any] = Field(default_factory=dict, alias="with")


class Receipt(Record):
    """What one step did. `key` is `run:step`; written as `started` before the effect, completed after it."""

    version: Literal[1] = 1
    key: str
    run: str
    step: str
    uses: str
    state: Literal["started", "done", "skipped", "failed", "undone"]
    changed: bool = False
    summary: str = ""
    output: dict[str, Any] = Field(default_factory=dict)
    undo: UndoStep | None = None
    error: str | None = None
    attempts: int = 0
    undo_attempts: int = 0
    """How often taking it back was tried and could not be, for now."""
    started_at: AwareDatetime
    ended_at: AwareDatetime | None = None


def stays(receipts: Iterable[Receipt]) -> list[Receipt]:
    """Of one run: what it changed and nothing takes back. What was done to an account that the run itself made goes with it."""
    changed = [one for one in receipts if one.state in {"done", "undone"} and one.changed]
    made_it = any(one.uses.endswith(".create_account") and one.undo is not None for one in changed)
    return [one for one in changed if one.undo is None and not made_it]
