"""Opportunities: what comes again and again, what it is worth to take over, and whether that helped."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Annotated, Literal

from fastapi import Path, Query
from fastapi.responses import PlainTextResponse
from pydantic import AwareDatetime, Field

from tickless.domain.opportunity import Arrival, DraftKind, Opened, Opportunity, OpportunityState
from tickless.doors.api.guards import Actor, DeskHere, Reader, new_router
from tickless.doors.api.schemas import Given, Page, Shown
from tickless.doors.entrance.holding import keeper_of
from tickless.flow.desk.promise import Desk

router = new_router("opportunities")
Id = Annotated[str, Path(max_length=64)]


class IntervalShown(Shown):
    """90 % lie between `low` and `high`."""

    value: float
    low: float
    high: float


class MonthShown(Shown):
    since: dt.datetime
    count: int


class MatchShown(Shown):
    kind: Literal["runbook", "article", "catalogue"]
    id: str
    title: str
    likeness: float


class BenefitShown(Shown):
    """Against groups like it that were left alone."""

    arrival: Arrival
    change: IntervalShown | None = Field(description="Tickets a month beyond the others' course; below zero: fewer")
    hours: IntervalShown | None
    before_days: int
    after_days: int
    beside: list[str]
    why: str


class OpenedShown(Shown):
    """The real thing that was made of a draft."""

    kind: Literal["runbook", "article", "problem", "improvement"]
    id: str
    link: str = Field(description="Its page in the console")


class OpportunityShown(Shown):
    """Shares are 0 … 1; null: the tickets do not say."""

    id: str
    rank: int
    state: OpportunityState
    name: str
    words: list[str]
    examples: list[str]
    volume: int
    per_month: float
    months: list[MonthShown]
    trend: float | None
    minutes: IntervalShown | None
    basis: str
    days_open: float | None
    hand_offs: float | None
    reopened: float | None
    determinism: float | None
    unattended: float | None = Field(description="Share that was resolved without people of late")
    risk: float
    risk_why: list[str]
    category: str
    team: str
    service: str
    sources: list[str]
    match: MatchShown | None
    value: IntervalShown = Field(description="Hours a month that could be saved")
    draft: DraftKind
    draft_why: str
    stands: float | None
    first_seen_at: dt.datetime
    begun_at: dt.datetime | None
    what: str
    benefit: BenefitShown | None
    opened: list[OpenedShown] = Field(description="What people made of it, the latest last")


class OpenGiven(Given):
    """As what it is opened; null: as its draft says."""

    kind: DraftKind | None = None


class RegisterGiven(Given):
    """Who answers for it, until when, and what is expected. Left out: the caller, in eight weeks, and that what goes alike
    goes away."""

    owner: Annotated[str, Field(max_length=200)] = ""
    due_at: AwareDatetime | None = None
    expected: float | None = Field(default=None, ge=0, allow_inf_nan=False, description="Tickets a month then")


class MiningShown(Shown):
    """The run that is shown."""

    id: str
    at: dt.datetime
    by: str
    tickets: int
    cases: int
    clusters: int
    grouped: float
    method: str
    stability: float | None = Field(description="Adjusted Rand index with the run before")
    agreement: float | None = Field(description="Adjusted Rand index with a run on every second item")
    seconds: float
    since: dt.datetime | None
    until: dt.datetime | None


class OpportunitiesShown(Shown):
    mining: MiningShown | None
    running: bool
    failed: str = Field(description="Why the last run of this process found nothing; empty: it did not fail")
    items: list[OpportunityShown]


class MemberShown(Shown):
    """A ticket of the past or a case."""

    id: str
    number: str
    title: str
    source: str
    opened_at: dt.datetime | None


class DecisionGiven(Given):
    """`begun`: since `at` (else now) it is done another way, which is `what`."""

    state: Literal["found", "chosen", "begun", "dismissed"]
    what: Annotated[str, Field(max_length=500)] = ""
    at: AwareDatetime | None = None


@router.get("/opportunities", summary="What should be automated next, and what is it worth")
def list_opportunities(
    desk: DeskHere, visitor: Reader, every: bool = False, limit: Annotated[int, Query(ge=1, le=200)] = 10
) -> OpportunitiesShown:
    """Best first: hours a month that could be saved. `every`: the dismissed ones and those that are gone, too."""
    last = desk.mining.last()
    return OpportunitiesShown(
        mining=MiningShown(**last.model_dump(exclude={"version"})) if last else None,
        running=desk.mining.running(),
        failed=desk.mining.failed,
        items=[show_opportunity(one) for one in desk.mining.list(every=every, limit=limit)],
    )


@router.post("/opportunities/mine", summary="Look for what comes again, now", status_code=202)
def mine_now(desk: DeskHere, visitor: Actor) -> OpportunitiesShown:
    """It is done beside everything else, and by itself once a week."""
    desk.mining.begin(by=visitor.actor)
    return list_opportunities(desk, visitor)


@router.get("/opportunities/{identity}", summary="One opportunity")
def show_one_opportunity(desk: DeskHere, visitor: Reader, identity: Id) -> OpportunityShown:
    with desk.journal.read() as tx:
        return show_opportunity(tx.opportunities.need(identity))


@router.get("/opportunities/{identity}/members", summary="The tickets and cases of an opportunity")
def list_members(
    desk: DeskHere, visitor: Reader, identity: Id, limit: Annotated[int, Query(ge=1, le=500)] = 50
) -> Page[MemberShown]:
    """Newest first."""
    return Page(items=members_of(desk, identity, limit=limit))


@router.get("/opportunities/{identity}/draft", summary="A first draft of what it needs",
            response_class=PlainTextResponse,
            responses={200: {"content": {"text/plain": {}}, "description": "YAML of a runbook, or Markdown"}})  # fmt: skip
def draft_opportunity(desk: DeskHere, visitor: Reader, identity: Id) -> PlainTextResponse:
    """A runbook, an article or a problem record, for a person to finish. Nothing is published by it."""
    return PlainTextResponse(desk.mining.draft(identity))


@router.put("/opportunities/{identity}/state", summary="Decide about an opportunity")
async def decide_opportunity(desk: DeskHere, visitor: Actor, identity: Id, given: DecisionGiven) -> OpportunityShown:
    """With `begun` its tickets are held against those of groups like it from then on."""
    return show_opportunity(
        await asyncio.to_thread(
            lambda: desk.mining.decide(identity, given.state, by=visitor.actor, what=given.what, at=given.at)
        )
    )


@router.post("/opportunities/{identity}/open", summary="Open an opportunity's draft as the real thing", status_code=201)
async def open_opportunity(desk: DeskHere, visitor: Actor, identity: Id, given: OpenGiven) -> OpenedShown:
    """A runbook is put before those who may sign it, an article is kept as a draft, a problem is opened. Nothing takes effect
    by it."""
    keeper = keeper_of(visitor)
    return show_opened(await asyncio.to_thread(lambda: desk.opening.open(identity, by=keeper, kind=given.kind)))


@router.post("/opportunities/{identity}/register", summary="Put an opportunity in the register of improvements",
             status_code=201)  # fmt: skip
async def register_opportunity(desk: DeskHere, visitor: Actor, identity: Id, given: RegisterGiven) -> OpenedShown:
    """Its tickets a month are the baseline. Once the improvement is finished, what came of it is measured against groups like
    it that were left alone."""
    keeper = keeper_of(visitor)
    return show_opened(await asyncio.to_thread(lambda: desk.opening.register(
        identity, by=keeper, owner=given.owner, due_at=given.due_at, expected=given.expected
    )))  # fmt: skip


def show_opened(one: Opened) -> OpenedShown:
    return OpenedShown(kind=one.kind, id=one.id, link=one.link)


def show_opportunity(one: Opportunity) -> OpportunityShown:
    known = one.model_dump(exclude={"version", "mining", "opened"})
    return OpportunityShown(**known, opened=[show_opened(made) for made in one.opened])


def members_of(desk: Desk, identity: str, *, limit: int) -> list[MemberShown]:
    """Newest first. Raises `NotFound`."""
    with desk.journal.read() as tx:
        tx.opportunities.need(identity)
        ids = tx.members_of(identity, limit=limit)
        tickets = tx.many_histories(ids)
        found = []
        for one in ids:
            if one in tickets:
                ticket = tickets[one]
                found.append(MemberShown(id=one, number=ticket.number, title=ticket.title or ticket.text[:200],
                                         source=ticket.source, opened_at=ticket.opened_at))  # fmt: skip
            elif (case := tx.cases.get(one)) is not None:
                found.append(MemberShown(id=one, number=str(case.number), title=case.title.tame(200), source="tickless",
                                         opened_at=case.opened_at))  # fmt: skip
    return found
