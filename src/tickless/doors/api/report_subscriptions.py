"""Standing reports: who gets which, how often."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from fastapi import Query
from pydantic import Field

from tickless.domain.errors import BadInput, Forbidden
from tickless.domain.report_subscription import ReportSubscription
from tickless.doors.api.guards import DeskHere, EntranceHere, Reader, new_router
from tickless.doors.api.schemas import Given, Page, Shown
from tickless.doors.entrance import Entrance, Visitor
from tickless.flow.desk.report_subscriptions import SubscriptionDraft

router = new_router("reports")
Named = Annotated[str, Field(max_length=200)]


class SubscriptionGiven(Given):
    """Which report, when, and to whom: to yourself when neither `person` nor `mail` is given."""

    cadence: Literal["daily", "weekly", "monthly"]
    at: dt.time = Field(
        default=dt.time(7, 0), description="By the clocks of `zone`; weekly: on Mondays, monthly: on the first"
    )
    zone: Named = Field(default="UTC", description="IANA name", examples=["Europe/Berlin"])
    owner: Named = Field(default="", description="Id of a person: a review of the services that are theirs")
    person: Named = Field(default="", description="Id of a person, who gets a notice in the channel that they use")
    mail: Named = Field(default="", description="An address, which gets the whole report and its PDF")


class SubscriptionShown(Shown):
    id: str
    cadence: str
    at: dt.time
    zone: str
    owner: str
    person: str
    mail: str
    made_by: str
    told_until: dt.datetime | None = Field(description="The end of the span that was told last")
    failed: str = Field(description="Why the last one could not be sent; empty: it was")


def _shown(one: ReportSubscription) -> SubscriptionShown:
    return SubscriptionShown(**one.model_dump(include=set(SubscriptionShown.model_fields)))


@router.get("/reports/subscriptions", summary="List standing reports")
def list_subscriptions(
    desk: DeskHere, visitor: Reader, mine: Annotated[bool, Query(description="Only those to yourself")] = False
) -> Page[SubscriptionShown]:
    """In force, newest first. Those of others are shown to administrators."""
    own = visitor.person.id if visitor.person else ""
    found = desk.subscriptions.all(person=own if mine or not visitor.may("admin") else None)
    return Page(items=[_shown(one) for one in found])


@router.post("/reports/subscriptions", summary="Have a report sent from now on", status_code=201)
def subscribe(desk: DeskHere, entrance: EntranceHere, visitor: Reader, given: SubscriptionGiven) -> SubscriptionShown:
    """The next one that is due is the first. To others, or to a mail address, only administrators send."""
    draft = draft_of(entrance, visitor, given)
    return _shown(desk.subscriptions.subscribe(draft, by=visitor.actor))


@router.post("/reports/subscriptions/{identity}/end", summary="No more of a standing report")
def end(desk: DeskHere, entrance: EntranceHere, visitor: Reader, identity: str) -> SubscriptionShown:
    allow_end(entrance, visitor, desk.subscriptions.get(identity))
    return _shown(desk.subscriptions.end(identity, by=visitor.actor))


def draft_of(entrance: Entrance, visitor: Visitor, given: SubscriptionGiven) -> SubscriptionDraft:
    """What is wished for; by default to whoever asks. Raises `BadInput`, `Forbidden`."""
    _allow_act(visitor)
    own = visitor.person.id if visitor.person else ""
    person = given.person or ("" if given.mail else own)
    if not person and not given.mail:
        raise BadInput("an account without a person gets no notices", mend="give a person or a mail address")
    if given.mail or person != own:
        entrance.require(visitor, "admin", deed="send reports to others")
    return SubscriptionDraft(cadence=given.cadence, at=given.at.replace(tzinfo=None), zone=given.zone, owner=given.owner,
                             person=person, mail=given.mail)  # fmt: skip


def allow_end(entrance: Entrance, visitor: Visitor, one: ReportSubscription) -> None:
    """Everybody ends what they get; else it takes an administrator. Raises `Forbidden`."""
    if one.person and visitor.person is not None and one.person == visitor.person.id:
        _allow_act(visitor)
        return
    entrance.require(visitor, "admin", deed="end reports to others")


def _allow_act(visitor: Visitor) -> None:
    """A token that may only read has nothing sent. Raises `Forbidden`."""
    if visitor.kind == "token" and not visitor.may("act"):
        raise Forbidden("this token may not act", mend="make one that may: tickless token create --scope act")
