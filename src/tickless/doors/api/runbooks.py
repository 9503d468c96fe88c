"""Runbooks: what there is, what a run would do, and running one."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import Query

from tickless.domain.errors import NotFound
from tickless.domain.runbook import Runbook
from tickless.doors.api.case_schemas import CaseShown, PlanShown, RunbookShown, RunbookWhole, RunInputs, RunRunbook
from tickless.doors.api.guards import Actor, Admin, DeskHere, Reader, new_router
from tickless.doors.api.problems import ProblemShown, show_problems
from tickless.doors.api.schemas import Page, Shown
from tickless.doors.api.views import show_case, show_plan, show_runbook, tamed
from tickless.flow.desk.drafting import DryRun
from tickless.flow.desk.promise import Desk
from tickless.flow.publishing import Published

router = new_router("runbooks")


class PublishedShown(Shown):
    """What holds now. With problems nothing changed, and what held before goes on holding."""

    runbooks: int
    added: list[str]
    changed: list[str]
    retired: list[str]
    problems: list[ProblemShown]


class ForeseenShown(Shown):
    """What a probe reads now, and what it has to read afterwards."""

    uses: str
    field: str
    now: str
    afterwards: str
    holds: bool | None


class RehearsalShown(Shown):
    """What a run would do. Nothing was changed."""

    plan: PlanShown
    steps: list[dict[str, Any]]
    verdict: str
    decision: str
    reasons: list[str]
    foreseen: list[ForeseenShown]


def show_rehearsal(found: DryRun) -> RehearsalShown:
    return RehearsalShown(
        plan=show_plan(found.plan),
        steps=tamed(list(found.steps)),
        verdict=found.verdict,
        decision=found.decision,
        reasons=list(found.reasons),
        foreseen=[ForeseenShown(**vars(one)) for one in found.foreseen],
    )


def _rungs(desk: Desk) -> dict[str, str]:
    with desk.journal.read() as tx:
        return tx.coordination.rungs()


@router.get("/runbooks", summary="List runbooks")
def list_runbooks(desk: DeskHere, visitor: Reader) -> Page[RunbookShown]:
    rungs = _rungs(desk)
    return Page(items=[show_runbook(found, rungs.get(name)) for name, found in sorted(desk.runbooks.items())])


@router.get("/runbooks/schema", summary="JSON Schema of a runbook file, for editors")
def schema(visitor: Reader) -> dict[str, Any]:
    return Runbook.model_json_schema(by_alias=True)


@router.post("/runbooks/sync", summary="Read the configured folders again")
async def sync_runbooks(*, desk: DeskHere, visitor: Admin, dry_run: Annotated[bool, Query()] = False) -> PublishedShown:
    """All of them or none. They are read by themselves, too, some seconds after a file changes. Git checkouts that the house
    keeps up with are fetched first."""

    def read() -> Published:
        if not dry_run:
            desk.follow()
        return desk.runbooks.sync(by=visitor.actor, dry_run=dry_run)

    found = await asyncio.to_thread(read)
    return PublishedShown(
        runbooks=found.runbooks,
        added=list(found.added),
        changed=list(found.changed),
        retired=list(found.retired),
        problems=show_problems(found.problems),
    )


@router.get("/runbooks/{runbook}", summary="One runbook, whole")
def get_runbook(desk: DeskHere, visitor: Reader, runbook: str) -> RunbookWhole:
    found = desk.runbooks.get(runbook)
    if found is None:
        raise NotFound(f"there is no runbook {runbook[:80]!r}", mend="look at the list: tickless runbook list")
    short = show_runbook(found, _rungs(desk).get(runbook))
    content = found.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return RunbookWhole(**short.model_dump(), content=content)


@router.post("/runbooks/{runbook}/rehearse", summary="Dry run: what would it do?")
async def rehearse(desk: DeskHere, visitor: Actor, runbook: str, given: RunInputs) -> RehearsalShown:
    """Reads the live systems and changes nothing."""
    found = await desk.rehearse(runbook, dict(given.inputs), by=visitor.actor)
    return show_rehearsal(found)


@router.post("/runbooks/{runbook}/run", status_code=202, summary="Run it")
async def run(desk: DeskHere, visitor: Actor, runbook: str, given: RunRunbook) -> CaseShown:
    """Opens a case; whether it runs now, waits for an approval or is refused is in the story of that case."""
    case = await desk.run(runbook, dict(given.inputs), by=visitor.actor, reason=given.reason)
    return show_case(case)
