"""Routing: which team tickets go to at first, as people's solutions speak for it; tried before it is taught."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from tickless.domain.routing import RoutingRule
from tickless.doors.api.guards import Admin, DeskHere, Reader, new_router
from tickless.doors.api.schemas import Given, Shown
from tickless.stages.learn.effects import Effect, Told
from tickless.stages.learn.routing import Judged, Proposal

router = new_router("lessons")
MOST_TOLD = 20


class RoutingChosen(Given):
    ids: Annotated[list[str], Field(min_length=1, max_length=50, examples=[["rtr_5f1c"]])]


class RoutingRefused(Given):
    reason: str = Field(min_length=1, max_length=500)


class InsteadShown(Shown):
    team: str = Field(description="Empty: the ticket system's own rules")
    tickets: int


class RoutingProposalShown(Shown):
    """Tickets of this kind were solved by this team, and went somewhere else at first."""

    id: str
    need: str
    service: str = Field(description="Empty: whatever the service")
    team: str
    tickets: int = Field(description="Solved tickets of this kind in 90 days")
    solved: int = Field(description="Of them, by this team")
    low: float = Field(description="Lower bound of that share (Wilson, 95 %)")
    instead: list[InsteadShown]
    cases: list[str] = Field(description="The latest, at most five")


class RoutingRuleShown(Shown):
    id: str
    need: str
    service: str
    team: str
    state: Literal["taught", "refused"]
    tickets: int
    solved: int
    at: dt.datetime
    decided_by: str
    reason: str


class RoutingEffectShown(Shown):
    """A rule in force, and how many tickets of its kind went to the right team at once: 90 days before, and since."""

    rule: RoutingRuleShown
    before: int
    before_right: int
    since: int
    since_right: int
    told: Told


class RoutingShown(Shown):
    proposed: list[RoutingProposalShown]
    taught: list[RoutingEffectShown]
    refused: list[RoutingRuleShown]


class RoutingTrialShown(Shown):
    """Where the solved tickets of 90 days would have gone first. Lists name the first twenty cases."""

    fits: bool = Field(description="Only then they may be taught")
    tickets: int
    right_before: int
    right_after: int
    gained: list[str]
    lost: list[str]


@router.get("/lessons/routing", summary="What solved tickets say of where tickets should go")
async def list_routing(desk: DeskHere, visitor: Reader) -> RoutingShown:
    """Proposals, what moves most tickets in front; the rules in force with what came of them; what was refused."""

    def look() -> RoutingShown:
        routing = desk.routing
        return RoutingShown(
            proposed=[show_proposal(one) for one in routing.proposals()],
            taught=[show_effect(rule, effect) for rule, effect in routing.effects()],
            refused=[show_rule(one) for one in routing.decided("refused")],
        )

    return await asyncio.to_thread(look)


@router.post("/lessons/routing/try", summary="Where would tickets have gone with these?")
async def try_routing(desk: DeskHere, visitor: Admin, given: RoutingChosen) -> RoutingTrialShown:
    """Sends the solved tickets of 90 days again, with these and without. Changes nothing."""
    return show_trial(await asyncio.to_thread(desk.routing.attempt, given.ids))


@router.post("/lessons/routing/teach", summary="Put these in force")
async def teach_routing(desk: DeskHere, visitor: Admin, given: RoutingChosen) -> RoutingTrialShown:
    """After the same trial: where no more tickets would go right than chance explains, 409, and nothing is taught."""
    return show_trial(await asyncio.to_thread(lambda: desk.routing.teach(given.ids, by=visitor.actor)))


@router.post("/lessons/routing/{rule}/refuse", summary="Not to be taught, or not any more")
async def refuse_routing(desk: DeskHere, visitor: Admin, rule: str, given: RoutingRefused) -> RoutingRuleShown:
    return show_rule(await asyncio.to_thread(lambda: desk.routing.refuse(rule, by=visitor.actor, reason=given.reason)))


def show_proposal(one: Proposal) -> RoutingProposalShown:
    return RoutingProposalShown(
        id=one.id, need=one.need, service=one.service, team=one.team, tickets=one.tickets, solved=one.solved,
        low=round(one.low, 3), cases=list(one.cases),
        instead=[InsteadShown(team=team, tickets=count) for team, count in one.instead],
    )  # fmt: skip


def show_rule(one: RoutingRule) -> RoutingRuleShown:
    return RoutingRuleShown(
        id=one.id, need=one.need, service=one.service, team=one.team, state=one.state, tickets=one.tickets,
        solved=one.solved, at=one.at, decided_by=one.decided_by, reason=one.reason,
    )  # fmt: skip


def show_effect(rule: RoutingRule, effect: Effect) -> RoutingEffectShown:
    return RoutingEffectShown(
        rule=show_rule(rule), before=effect.before, before_right=effect.before_right, since=effect.after,
        since_right=effect.after_right, told=effect.told,
    )  # fmt: skip


def show_trial(judged: Judged) -> RoutingTrialShown:
    return RoutingTrialShown(
        fits=judged.fits, tickets=judged.tickets, right_before=judged.right_before, right_after=judged.right_after,
        gained=list(judged.gained[:MOST_TOLD]), lost=list(judged.lost[:MOST_TOLD]),
    )  # fmt: skip
