"""Brakes: how they stand and what stands still behind them; freezes and windows with dates; targets that are left alone."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from tickless.domain.brake import BrakeDeed, ChangeRule, TargetState
from tickless.doors.api.guards import Actor, DeskHere, Reader, new_router
from tickless.doors.api.record_schemas import SwitchShown
from tickless.doors.api.schemas import Done, Given, Page, Shown
from tickless.flow.desk.brakes import HeldRun, RuleDraft

router = new_router("control")
Word = Annotated[str, Field(max_length=200)]
Reason = Annotated[str, Field(min_length=1, max_length=500)]


class RuleGiven(Given):
    """A freeze: nothing is changed until it ends. A window: changes are made in its hours only."""

    kind: Literal["freeze", "window"]
    title: str = Field(min_length=1, max_length=200, examples=["Year-end closing"])
    reason: str = Field(default="", max_length=500)
    runbooks: list[Word] = Field(default=[], max_length=100, description="Empty, and no services: everything")
    services: list[Word] = Field(default=[], max_length=100)
    exempt: list[Word] = Field(default=[], max_length=100, description="Runbooks that go on all the same")
    hours: str = Field(default="", max_length=300, examples=["Sat 22:00-06:00 Europe/Berlin"])
    starts_at: AwareDatetime | None = Field(default=None, description="Null: now")
    ends_at: AwareDatetime | None = Field(default=None, description="A freeze needs one")


class CalendarGiven(Given):
    """An iCalendar file; each event becomes a freeze."""

    calendar: str = Field(max_length=2_000_000)
    services: list[Word] = Field(default=[], max_length=100)
    exempt: list[Word] = Field(default=[], max_length=100)
    dry_run: bool = False


class ReasonGiven(Given):
    reason: Reason


class TargetGiven(Given):
    target: str = Field(min_length=1, max_length=200, examples=["service:shop-web"])
    reason: Reason


class RuleShown(Shown):
    id: str
    kind: Literal["freeze", "window"]
    state: Literal["pending", "active", "over"]
    title: str
    reason: str
    runbooks: list[str]
    services: list[str]
    exempt: list[str]
    hours: str
    starts_at: dt.datetime
    ends_at: dt.datetime | None
    by: str
    from_calendar: bool


class TargetShown(Shown):
    """A target that failed again and again."""

    target: str
    failures: int
    resting: bool = Field(description="False: the next run that wants to may try it, once")
    rests_until: dt.datetime | None
    last_error: str


class HeldRunShown(Shown):
    """A run that stands still."""

    run: str
    case: int
    title: str
    runbook: str
    why: str
    done: int
    of: int
    changed: list[str]
    coming: str
    how: str = Field(description="How to go on, and how to undo")


class DeedShown(Shown):
    what: Literal["pulled", "released", "ruled", "ended", "left_alone", "tried_again"]
    name: str
    by: str
    reason: str
    at: dt.datetime


class BoardShown(Shown):
    """How brakes stand now."""

    switches: list[SwitchShown]
    rules: list[RuleShown]
    targets: list[TargetShown]
    held: list[HeldRunShown]
    history: list[DeedShown]


@router.get("/brakes", summary="How brakes stand, and what stands still")
def board(desk: DeskHere, visitor: Reader) -> BoardShown:
    """The switches that are on, freezes and windows, targets left alone, every run that a brake holds up, and the latest
    deeds."""
    found, now = desk.brakes.board(), desk.clock.now()
    return BoardShown(
        switches=[SwitchShown(**one.__dict__) for one in found.switches],
        rules=[show_rule(one, now) for one in found.rules],
        targets=[_target(one, now) for one in found.targets],
        held=[_held(one) for one in found.held],
        history=[_deed(one) for one in found.history],
    )


@router.get("/brakes/rules", summary="List freezes and windows")
def list_rules(desk: DeskHere, visitor: Reader) -> Page[RuleShown]:
    """Those that are not over, by their beginning."""
    now = desk.clock.now()
    return Page(items=[show_rule(one, now) for one in desk.brakes.board().rules])


@router.post("/brakes/rules", status_code=201, summary="Make a freeze or a window")
async def add_rule(desk: DeskHere, visitor: Actor, given: RuleGiven) -> RuleShown:
    draft = RuleDraft(given.kind, given.title, given.reason, tuple(given.runbooks), tuple(given.services),
                      tuple(given.exempt), given.hours, given.starts_at, given.ends_at)  # fmt: skip
    made = await asyncio.to_thread(lambda: desk.brakes.add_rule(draft, by=visitor.actor))
    return show_rule(made, desk.clock.now())


@router.post("/brakes/rules/{rule}/end", summary="End a freeze or window now")
async def end_rule(desk: DeskHere, visitor: Actor, rule: str, given: ReasonGiven) -> RuleShown:
    done = await asyncio.to_thread(lambda: desk.brakes.end_rule(rule, by=visitor.actor, reason=given.reason))
    return show_rule(done, desk.clock.now())


@router.post("/brakes/calendar", summary="Freezes out of a calendar")
async def from_calendar(desk: DeskHere, visitor: Actor, given: CalendarGiven) -> Page[RuleShown]:
    """What is new or was moved, and is not over. The same calendar may be sent again and again."""
    made = await asyncio.to_thread(
        lambda: desk.brakes.from_calendar(
            given.calendar, by=visitor.actor, services=given.services, exempt=given.exempt, dry_run=given.dry_run
        )
    )
    return Page(items=[show_rule(one, desk.clock.now()) for one in made])


@router.post("/brakes/targets/try-again", summary="Let a target that was left alone be changed again")
async def try_again(desk: DeskHere, visitor: Actor, given: TargetGiven) -> Done:
    await asyncio.to_thread(lambda: desk.brakes.try_again(given.target, by=visitor.actor, reason=given.reason))
    return Done()


def show_rule(rule: ChangeRule, now: dt.datetime) -> RuleShown:
    shown = rule.model_dump(include=set(RuleShown.model_fields), mode="python")
    lists = {name: list(shown[name]) for name in ("runbooks", "services", "exempt")}
    return RuleShown(**{**shown, **lists}, state=rule.state(now), from_calendar=bool(rule.source))


def _target(state: TargetState, now: dt.datetime) -> TargetShown:
    return TargetShown(target=state.id, failures=state.failures, resting=state.is_open(now),
                       rests_until=state.rests_until, last_error=state.last_error)  # fmt: skip


def _held(one: HeldRun) -> HeldRunShown:
    return HeldRunShown(
        run=one.run.id, case=one.case.number, title=one.run.plan.title, runbook=one.run.plan.runbook, why=one.why,
        done=one.done, of=one.of, changed=list(one.changed), coming=one.coming, how=one.how,
    )  # fmt: skip


def _deed(one: BrakeDeed) -> DeedShown:
    return DeedShown(what=one.what, name=one.name, by=one.by, reason=one.reason, at=one.at)
