"""The autonomy ladder: where a runbook stands for what, and what it would have done while it only watches."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from pydantic import AwareDatetime, Field

from tickless.domain.record import Record

Rung = Literal["observe", "suggest", "approve", "auto"]
RUNGS: tuple[Rung, ...] = ("observe", "suggest", "approve", "auto")
EVERYWHERE = ""
"""The scope of a runbook as a whole."""


class ScopedRung(Record):
    """Where a runbook stands for one scope: `service:<id>`, `criticality:<1-4>`, `department:<name>`; empty: everywhere."""

    runbook: str
    scope: str
    rung: Rung
    by: str
    at: AwareDatetime
    reason: str = ""
    withheld: bool = False
    """It stands there because the runbook went on `auto` everywhere, and this scope has a stricter bar that is not reached."""


class Shadow(Record):
    """What a runbook on `observe` would have done in a case, and how that compares with what people did.

    `begins`: its preconditions held then. `verdict`: `same`: people reached the state that it checks for; `different`: they
    ended the case without reaching it; `unknown`: it could not be looked at, or nobody ended it.
    """

    version: Literal[1] = 1
    id: str
    """The decision's."""
    case: str
    runbook: str
    plan_hash: str
    subject: str
    service: str | None = None
    department: str | None = None
    would: tuple[str, ...] = ()
    """Its steps, one sentence each."""
    inputs: dict[str, Any] = Field(default_factory=dict)
    at: AwareDatetime
    begins: bool | None = None
    state: Literal["open", "compared"] = "open"
    verdict: Literal["same", "different", "unknown"] | None = None
    why: str = ""
    people_ran: tuple[str, ...] = ()
    """Runbooks that people ran in the case instead."""
    compared_at: AwareDatetime | None = None


class Where(Record):
    """Where a plan acts: decides which rung counts for it."""

    service: str | None = None
    department: str | None = None
    criticality: int | None = None
    environment: str | None = None

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes that it lies in, the narrowest first."""
        named = (
            f"service:{self.service}" if self.service else "",
            f"department:{self.department}" if self.department else "",
            f"criticality:{self.criticality}" if self.criticality else "",
            f"environment:{self.environment}" if self.environment else "",
        )
        return (*(one for one in named if one), EVERYWHERE)


def rung_for(where: Where, *, everywhere: Rung, scoped: Iterable[ScopedRung]) -> Rung:
    """The rung that counts: the service's own; else the lowest of those of department, criticality and environment (they
    cross); else that everywhere."""
    own = {one.scope: one.rung for one in scoped}
    here = [own[scope] for scope in where.scopes if scope in own and scope != EVERYWHERE]
    if here and where.service and f"service:{where.service}" in own:
        return here[0]
    return min(here, key=RUNGS.index, default=everywhere)
