"""The architect: plain words → a draft; how it plays; and proposing it to somebody who may sign it."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import Query

from tickless.domain.runbook_draft import RunbookDraft
from tickless.doors.api.architect_schemas import (
    BecameShown,
    Deciding,
    Described,
    DraftedShown,
    GapShown,
    PlayedShown,
    ProposalShown,
    ProposalWhole,
    Proposing,
    RefusedShown,
    SimulatedShown,
    TextGiven,
)
from tickless.doors.api.guards import Actor, Admin, DeskHere, Reader, new_router
from tickless.doors.api.problems import show_problems
from tickless.doors.api.schemas import Page
from tickless.doors.entrance.holding import keeper_of
from tickless.flow.desk.architecting import Tried

router = new_router("runbooks")


@router.post("/architect/describe", summary="Draft a runbook from plain words")
async def describe(desk: DeskHere, visitor: Actor, given: Described) -> DraftedShown:
    """What each sentence became, what could not be expressed, the compiler's problems. Nothing is published."""
    found = await asyncio.to_thread(
        lambda: desk.architect.describe(
            given.description, by=visitor.actor, name=given.name.strip(), by_model=given.by_model
        )
    )
    return show_tried(found)


@router.post("/architect/look", summary="Look at an edited draft again")
async def look(desk: DeskHere, visitor: Actor, given: TextGiven) -> DraftedShown:
    """Compiled, played on a table top, and compared in words with what is published."""
    return show_tried(await asyncio.to_thread(lambda: desk.architect.look(given.text)))


@router.post("/architect/simulate", summary="Play a draft's own tests in the sample company")
async def simulate(desk: DeskHere, visitor: Actor, given: TextGiven) -> list[SimulatedShown]:
    """The sample company starts for it and ends with it: half a minute or so. No system of this house is touched."""
    found = await asyncio.to_thread(lambda: desk.architect.simulate(given.text, by=visitor.actor))
    return [SimulatedShown(**vars(one)) for one in found]


@router.get("/proposals", summary="Runbooks that people propose")
def proposals(
    desk: DeskHere, visitor: Reader, open_only: Annotated[bool, Query(alias="open")] = False
) -> Page[ProposalShown]:
    return Page(items=[show_proposal(one) for one in desk.architect.proposals(open_only=open_only)])


@router.post("/proposals", status_code=201, summary="Propose a runbook")
async def propose(desk: DeskHere, visitor: Actor, given: Proposing) -> ProposalShown:
    """It waits until somebody other than its author signs it."""
    made = await asyncio.to_thread(
        lambda: desk.architect.propose(
            given.text, by=keeper_of(visitor), described=given.description, method=given.method, note=given.note,
            gaps=given.gaps,
        )
    )  # fmt: skip
    return show_proposal(made)


@router.get("/proposals/{proposal}", summary="One proposal, whole")
async def proposal(desk: DeskHere, visitor: Reader, proposal: str) -> ProposalWhole:
    one, tried = await asyncio.to_thread(lambda: desk.architect.proposal(proposal))
    return ProposalWhole(
        **show_proposal(one).model_dump(), text=one.text, described=one.described, draft=show_tried(tried)
    )


@router.post("/proposals/{proposal}/sign", summary="Sign a proposal")
async def sign(desk: DeskHere, visitor: Admin, proposal: str, given: Deciding) -> ProposalShown:
    """It holds from now on, and suggests itself at most. Its author cannot sign it."""
    done = await asyncio.to_thread(lambda: desk.architect.publish(proposal, by=keeper_of(visitor), reason=given.reason))
    return show_proposal(done)


@router.post("/proposals/{proposal}/refuse", summary="Refuse a proposal, or take one's own back")
async def refuse(desk: DeskHere, visitor: Actor, proposal: str, given: Deciding) -> ProposalShown:
    done = await asyncio.to_thread(lambda: desk.architect.refuse(proposal, by=keeper_of(visitor), reason=given.reason))
    return show_proposal(done)


def show_proposal(one: RunbookDraft) -> ProposalShown:
    return ProposalShown(
        id=one.id, runbook=one.runbook, revision=one.revision, title=one.title, state=one.state, by=one.by, at=one.at,
        method=one.method, note=one.note, gaps=list(one.gaps), decided_by=one.decided_by, decided_at=one.decided_at,
        reason=one.reason,
    )  # fmt: skip


def show_tried(found: Tried) -> DraftedShown:
    draft = found.drafted
    return DraftedShown(
        impossible=draft.impossible,
        compiles=draft.runbook is not None,
        text=draft.text,
        runbook=draft.runbook.runbook if draft.runbook is not None else None,
        revision=draft.runbook.revision if draft.runbook is not None else None,
        method=draft.method,
        model_said=draft.model_said,
        became=[BecameShown(sentence=one.sentence, parts=list(one.parts)) for one in draft.became],
        gaps=[GapShown(words=one.words, why=one.why, nearest=list(one.nearest)) for one in draft.gaps],
        refused=[RefusedShown(words=one.words, why=one.why) for one in draft.refused],
        problems=show_problems(draft.problems),
        played=PlayedShown(end=found.played.end, lines=list(found.played.lines)) if found.played is not None else None,
        beside=found.beside,
        words=list(found.words),
        least=found.least,
        raised=found.raised,
    )
