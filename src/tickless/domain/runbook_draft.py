"""A runbook that somebody proposes: its text, where it came from, and who signed it."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field

from tickless.domain.record import Record

DraftState = Literal["proposed", "published", "refused", "withdrawn", "replaced"]
"""Only `published` bears on anything: it holds beside the folders' runbooks. `replaced`: by a later one of the same id."""


class RunbookDraft(Record):
    """A proposal. It never runs before somebody other than its author signs it, and begins on a low rung then."""

    version: Literal[1] = 1
    id: str
    runbook: str
    revision: str
    title: str
    text: str = Field(max_length=200_000)
    described: str = Field(default="", max_length=8_000)
    """The words it was drafted from; empty: it was written by hand."""
    method: str = ""
    """Which architect drafted it: `words-1`, or the model and the version of its prompt."""
    gaps: tuple[str, ...] = ()
    """What could not be expressed, as its author saw it."""
    note: str = Field(default="", max_length=500)
    state: DraftState = "proposed"
    by: str
    person: str | None = None
    at: AwareDatetime
    decided_by: str | None = None
    decided_at: AwareDatetime | None = None
    reason: str = ""
