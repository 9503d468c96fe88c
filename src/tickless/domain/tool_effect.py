"""What a person says of a tool that an outside server offers: what it does, how it is taken back, how it is checked. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from pydantic import AwareDatetime, Field

from tickless.domain.record import NOTHING_SAID, Record, Untrusted
from tickless.domain.runbook import Effect

ToolState = Literal["new", "classified", "changed", "gone"]
"""`new`: nobody has said what it does · `classified`: somebody read this very one · `changed`: somebody read another one ·
`gone`: somebody read it, and the server does not offer it any more."""


class ToolEffect(Record):
    """Somebody's word on one version of a tool, pinned by a hash over everything that its server tells of it."""

    version: Literal[1] = 1
    id: str
    instance: str
    """The connector, by its name in the settings."""
    tool: str
    sha256: str
    effect: Effect
    idempotent: bool = False
    """Called twice with the same arguments it has its effect once. If not, a call that broke off is not repeated."""
    undo: str = ""
    """The tool that takes it back, given those of the same arguments that it knows; empty: nothing does."""
    verify: str = ""
    """A tool that reads whether it worked, given those of the same arguments that it knows."""
    note: str = Field(default="", max_length=500)
    description: Untrusted = NOTHING_SAID
    """What the server said of it when it was read."""
    by: str
    at: AwareDatetime
    withdrawn_by: str | None = None
    withdrawn_at: AwareDatetime | None = None


def in_force(said: Iterable[ToolEffect]) -> dict[str, ToolEffect]:
    """The newest word on each tool, unless it was withdrawn. `said`: of one instance, in any order."""
    newest: dict[str, ToolEffect] = {}
    for one in sorted(said, key=lambda effect: (effect.at, effect.id)):
        newest[one.tool] = one
    return {tool: one for tool, one in newest.items() if one.withdrawn_at is None}


def state_of(tool: str, offered: Mapping[str, str], said: Mapping[str, ToolEffect]) -> ToolState:
    """How a tool stands. `offered`: name → hash, as its server offers them now."""
    word, sha256 = said.get(tool), offered.get(tool)
    if word is None:
        return "new"
    if sha256 is None:
        return "gone"
    return "classified" if word.sha256 == sha256 else "changed"
