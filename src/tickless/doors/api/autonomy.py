"""The autonomy ladder: where each runbook stands for what, the evidence, what is proposed, and moving it."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from fastapi import Query
from pydantic import Field

from tickless.domain.autonomy import Rung, Shadow
from tickless.doors.api.guards import CaseReader, DeskHere, Reader, new_router
from tickless.doors.api.schemas import Given, Page, Shown
from tickless.doors.entrance.holding import keeper_of
from tickless.stages.learn.core import Try
from tickless.stages.learn.service import Standing

router = new_router("autonomy")
Scope = Annotated[
    str,
    Query(
        max_length=200,
        description="`service:<id>`, `department:<name>`, `criticality:<1-4>`, `environment:<prod|stage|dev>`; empty: "
        "everywhere",
    ),
]


class StandingShown(Shown):
    """Where a runbook stands for a scope. `bound`: lower end of the 95 % interval of its verified success."""

    runbook: str
    scope: str
    rung: Rung
    own: bool = Field(description="Somebody put it there for this very scope")
    tries: int = Field(description="Independent ones: several on one subject and day count once")
    good: int
    days: int
    bound: float
    bar_bound: float
    bar_days: int
    proposed: Rung | None = Field(description="What a person may grant now, by the evidence")
    more_tries: int = Field(description="So many more, all good, reach the bar")
    more_days: int
    withheld: bool = Field(
        description="It stays behind where the runbook stands everywhere, until it has reached the stricter bar of this scope"
    )
    fell: dt.datetime | None = Field(
        description="It fell then to where it stands, and nobody has looked at that: of its tries those since then count"
    )


class TryShown(Shown):
    run: str
    case: str
    at: dt.datetime
    kind: Literal["run", "shadow"]
    good: bool | None
    verdict: str
    subject: str
    service: str | None
    department: str | None


class ShadowShown(Shown):
    """What a runbook that only watched would have done, and how that compares with what people did."""

    id: str
    case: str
    at: dt.datetime
    subject: str
    would: list[str]
    begins: bool | None
    verdict: Literal["same", "different", "unknown"] | None
    why: str
    people_ran: list[str]


class LadderShown(Shown):
    runbook: str
    title: str
    standings: list[StandingShown]
    tries: list[TryShown]
    shadows: list[ShadowShown]


class SetRung(Given):
    rung: Rung
    scope: str = Field(default="", max_length=200)
    reason: str = Field(default="", max_length=500)


def _standing(one: Standing) -> StandingShown:
    found = one.found
    return StandingShown(
        runbook=one.runbook, scope=one.scope, rung=one.rung, own=one.own, tries=found.tries, good=found.good, days=found.days,
        bound=round(found.bound, 4), bar_bound=one.bar.bound, bar_days=one.bar.days, proposed=one.proposed,
        more_tries=one.more_tries, more_days=one.more_days, withheld=one.withheld, fell=one.fell,
    )  # fmt: skip


def _try(one: Try) -> TryShown:
    return TryShown(run=one.run, case=one.case, at=one.at, kind=one.kind, good=one.good, verdict=one.verdict,
                    subject=one.subject, service=one.where.service, department=one.where.department)  # fmt: skip


def _shadow(one: Shadow) -> ShadowShown:
    return ShadowShown(id=one.id, case=one.case, at=one.at, subject=one.subject, would=list(one.would), begins=one.begins,
                       verdict=one.verdict, why=one.why, people_ran=list(one.people_ran))  # fmt: skip


@router.get("/autonomy", summary="Where each runbook stands on the ladder")
def list_standings(
    desk: DeskHere,
    visitor: Reader,
    proposed: Annotated[bool, Query(description="Only where the evidence speaks for the next rung")] = False,
) -> Page[StandingShown]:
    """Everywhere, and each scope that has a rung of its own or has seen a try."""
    found = desk.autonomy.proposals() if proposed else desk.autonomy.everything()
    return Page(items=[_standing(one) for one in found])


@router.get("/autonomy/{runbook}", summary="One runbook's ladder, with its evidence")
def get_ladder(desk: DeskHere, visitor: Reader, runbook: str) -> LadderShown:
    """The newest tries and shadows."""
    found = desk.autonomy.ladder(runbook)
    return LadderShown(runbook=found.runbook, title=found.title, standings=[_standing(one) for one in found.standings],
                       tries=[_try(one) for one in found.tries], shadows=[_shadow(one) for one in found.shadows])  # fmt: skip


@router.put("/autonomy/{runbook}", summary="Put a runbook on a rung")
async def set_rung(desk: DeskHere, visitor: CaseReader, runbook: str, given: SetRung) -> StandingShown:
    """For a scope, or everywhere; `auto` everywhere does not reach scopes with a stricter bar that is not reached. Policy says
    who may."""
    keeper = keeper_of(visitor)
    done = await desk.autonomy.set_rung(runbook, rung=given.rung, scope=given.scope, keeper=keeper, reason=given.reason)
    return _standing(done)


@router.delete("/autonomy/{runbook}", summary="Let a scope stand where the runbook stands everywhere")
async def drop_rung(desk: DeskHere, visitor: CaseReader, runbook: str, scope: Scope) -> StandingShown:
    return _standing(await desk.autonomy.drop(runbook, scope=scope, keeper=keeper_of(visitor)))
