"""Silences: look what one would do, make it, extend it, end it; and which of them somebody should look at."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from fastapi import Query
from pydantic import AwareDatetime, Field

from tickless.domain.matchers import read_matchers
from tickless.domain.silence import Silence
from tickless.doors.api.guards import CaseReader, DeskHere, Reader, new_router
from tickless.doors.api.schemas import Given, Page, Shown
from tickless.doors.entrance.holding import keeper_of
from tickless.flow.desk.holding import Draft
from tickless.flow.desk.holding import Shown as Standing

router = new_router("alerts")
Written = Annotated[str, Field(max_length=2_000)]
MATCHERS = 'Such as `service="shop"`, `severity!=critical`, `instance=~"edge-.*"`; all of them have to fit'


class SilenceGiven(Given):
    """A silence. It needs a reason and an end."""

    matchers: list[Written] = Field(min_length=1, max_length=50, description=MATCHERS, examples=[['service="shop"']])
    reason: str = Field(max_length=500)
    ends_at: AwareDatetime
    starts_at: AwareDatetime | None = Field(default=None, description="Null: now")
    owner: str = Field(default="", max_length=200, description="User name or address; empty: who makes it")


class Until(Given):
    ends_at: AwareDatetime


class Matching(Given):
    matchers: list[Written] = Field(min_length=1, max_length=50, description=MATCHERS, examples=[['service="shop"']])


class PreviewShown(Shown):
    """What matchers fit of what fires now."""

    fits: int = Field(description="Alerts that fire now and fit")
    in_cases: int = Field(description="Those of them in a case that is being worked on: a silence leaves them there")
    most: bool = Field(description="More alerts fire than were looked at")
    examples: list[str]


class SilenceShown(Shown):
    id: str
    state: Literal["pending", "active", "expired"]
    matchers: list[str]
    reason: str
    owner: str
    made_by: str
    made_at: dt.datetime
    updated_at: dt.datetime
    starts_at: dt.datetime
    ends_at: dt.datetime
    holds_now: int = Field(description="Alerts that it holds back now")
    held: int = Field(description="How often it held an alert back, within the last month")
    last_held_at: dt.datetime | None
    remarks: list[Literal["ends_soon", "never_matched", "matches_much", "owner_gone", "long"]] = Field(
        description="Why somebody should look at it"
    )


@router.get("/silences", summary="List silences")
def list_silences(
    desk: DeskHere, visitor: Reader, over: Annotated[bool, Query(description="Those that are over, instead")] = False
) -> Page[SilenceShown]:
    """The one that ends first in front; those that are over newest first."""
    return Page(items=[_shown(one) for one in desk.holding.silences(over=over)])


@router.get("/silences/review", summary="List silences that somebody should look at")
def review_silences(desk: DeskHere, visitor: Reader) -> Page[SilenceShown]:
    """They end soon, hold nothing or too much, were extended again and again, or their owner is gone."""
    return Page(items=[_shown(one) for one in desk.holding.review()])


@router.post("/silences/preview", summary="See what a silence would do now")
def preview_silence(desk: DeskHere, visitor: Reader, given: Matching) -> PreviewShown:
    found = desk.holding.preview(read_matchers(given.matchers))
    titles = [f"{one.source}: {one.title.tame(200)}" for one in found.examples]
    return PreviewShown(fits=found.fits, in_cases=found.in_cases, most=found.most, examples=titles)


@router.post("/silences", summary="Silence alerts for a while", status_code=201)
def add_silence(desk: DeskHere, visitor: CaseReader, given: SilenceGiven) -> SilenceShown:
    """What it fits is held back from cases until it ends; what still fires then is handed back. Policy says who may."""
    draft = Draft(read_matchers(given.matchers), given.reason, given.ends_at, given.starts_at, given.owner)
    return _now(desk, desk.holding.silence(draft, by=keeper_of(visitor)))


@router.get("/silences/{identity}", summary="One silence")
def get_silence(desk: DeskHere, visitor: Reader, identity: str) -> SilenceShown:
    return _shown(desk.holding.one(identity))


@router.post("/silences/{identity}/extend", summary="Let a silence end at another time")
def extend_silence(desk: DeskHere, visitor: CaseReader, identity: str, given: Until) -> SilenceShown:
    return _now(desk, desk.holding.extend(identity, until=given.ends_at, by=keeper_of(visitor)))


@router.post("/silences/{identity}/expire", summary="End a silence now")
def expire_silence(desk: DeskHere, visitor: CaseReader, identity: str) -> SilenceShown:
    """What it held back and still fires is handed back at once."""
    return _now(desk, desk.holding.expire(identity, by=keeper_of(visitor)))


def _now(desk: DeskHere, silence: Silence) -> SilenceShown:
    return _shown(desk.holding.one(silence.id))


def _shown(one: Standing) -> SilenceShown:
    silence = one.silence
    return SilenceShown(
        id=silence.id,
        state=one.state,
        matchers=[matcher.written for matcher in silence.matchers],
        reason=silence.reason,
        owner=silence.owner,
        made_by=silence.made_by,
        made_at=silence.made_at,
        updated_at=silence.updated_at,
        starts_at=silence.starts_at,
        ends_at=silence.ends_at,
        holds_now=one.tally.now,
        held=one.tally.total,
        last_held_at=one.tally.last,
        remarks=list(one.remarks),
    )
