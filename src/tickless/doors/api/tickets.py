"""Tickets and the pack: what people get with a case they take over, and what they and its person say to each other."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from fastapi import Query
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from tickless.domain.errors import NotFound
from tickless.domain.ticket import OWN, Ticket
from tickless.doors.api.guards import Actor, CaseReader, DeskHere, Reader, new_router
from tickless.doors.api.paging import Cursor, Limit, page_of
from tickless.doors.api.schemas import Given, Page, Shown
from tickless.doors.api.sight import find_case
from tickless.doors.api.views import tamed
from tickless.doors.entrance import Visitor
from tickless.flow.desk.promise import Desk

router = new_router("tickets")
State = Literal["wanted", "open", "pending", "resolved", "closed"]


class ReaskShown(Shown):
    asked: str
    held: str = Field(description="What the pack had said")
    at: dt.datetime


class TicketShown(Shown):
    """The hand-off record of a case. `system` is `tickless` where no ticket system is connected."""

    id: str
    case: str
    system: str
    number: str = Field(description="What people call it there")
    url: str
    state: State
    owner: str
    sent_to: str = Field(description="The team that it was made for; empty: the system's own rules")
    sent_why: str
    team: str = Field(description="Where it lies there, as far as the system tells")
    asked_at: dt.datetime | None = Field(description="When the person was asked whether it works")
    waiting: int = Field(description="Words that still wait to be said there")
    reasks: int = Field(description="Questions there to which the pack held the answer")
    reasked: list[ReaskShown]
    trouble: str = Field(description="Why the system could not be reached; empty: all is well")
    synced_at: dt.datetime | None
    made_at: dt.datetime


class SaidShown(Shown):
    who: str
    text: str
    at: dt.datetime


class TriedShown(Shown):
    what: str
    result: str
    changed: bool
    at: dt.datetime


class LinkShown(Shown):
    label: str
    href: str


class PackShown(Shown):
    """Everything that whoever takes a case over needs. Free of secrets and one-time codes."""

    case: str
    number: int
    title: str
    kind: str
    service: str
    priority: int
    impact: str
    requester: str
    contact: str
    where: str
    devices: list[str]
    owner: str
    summary: str = Field(description="All of it in short, in a language model's words; empty: there is none")
    summary_by: str = Field(description="Which model, with which version of the prompt")
    because: str
    hypothesis: str
    sure: float | None
    since: dt.datetime
    facts: list[tuple[str, str]]
    said: list[SaidShown]
    evidence: list[str]
    tried: list[TriedShown]
    checks: list[str]
    ruled_out: list[str]
    policy: list[str]
    told: list[str]
    links: list[LinkShown]


class CommentGiven(Given):
    text: str = Field(min_length=1, max_length=8_000)
    public: bool = Field(default=True, description="The person reads it in their conversation; otherwise agents only")


class ChangeGiven(Given):
    to: Literal["taken", "pending", "resolved", "open"] = Field(description="`pending`: it waits for somebody")
    minutes: float | None = Field(default=None, ge=0, le=100_000, description="What people have worked on it, in all")


class InviteGiven(Given):
    """Who is to help: id, user name or address."""

    person: str = Field(min_length=1, max_length=200)
    reason: str = Field(default="", max_length=500)


class Invited(Shown):
    person: str
    name: str


@router.get("/tickets", summary="List tickets")
def list_tickets(
    *,
    desk: DeskHere,
    visitor: Reader,
    state: Annotated[State | None, Query()] = None,
    system: Annotated[str | None, Query(max_length=200)] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[TicketShown]:
    """Newest first."""
    with desk.journal.read() as tx:
        table = tx.tickets.table.c
        conditions = [table.state == state] if state else []
        conditions += [table.system == system] if system else []
        conditions += [table.id < cursor] if cursor else []
        found = tx.tickets.where(*conditions, order=table.id.desc(), limit=limit + 1)
    return page_of(found, limit=limit, key=lambda one: one.id, show=show_ticket)


@router.get("/tickets/{ticket}", summary="One ticket")
def get_ticket(desk: DeskHere, visitor: Reader, ticket: str) -> TicketShown:
    with desk.journal.read() as tx:
        return show_ticket(tx.tickets.need(ticket))


@router.get("/cases/{case}/ticket", summary="The ticket of a case")
def ticket_of_case(desk: DeskHere, visitor: Reader, case: str) -> TicketShown:
    with desk.journal.read() as tx:
        found = desk.tickets.of_case(tx, find_case(tx, case, visitor).id)
    if found is None:
        raise NotFound("this case was never handed off")
    return show_ticket(found)


@router.get("/cases/{case}/pack", summary="What whoever takes the case over needs to know")
def get_pack(desk: DeskHere, visitor: CaseReader, case: str) -> PackShown:
    """For whoever may read everything, the case's owner and those who were invited."""
    with desk.journal.read() as tx:
        found = find_case(tx, case, visitor)
        me = visitor.person.id if visitor.person else None
        mine = any(one.ref == me and one.role in {"owner", "helper"} for one in tx.alerts.participants(found.id))
        if not (visitor.may("read") or mine):
            raise NotFound("there is no pack for you")
        pack = desk.tickets.pack(tx, found)
    return PackShown.model_validate(pack.model_dump())


@router.post("/tickets/{ticket}/comments", summary="Say something in a ticket")
async def comment(desk: DeskHere, visitor: Actor, ticket: str, given: CommentGiven) -> TicketShown:
    """Public words reach the person in their conversation, too."""
    done = await desk.tickets.comment(ticket, given.text, by=visitor.actor, name=_name(visitor), public=given.public)
    return show_ticket(done)


@router.post("/tickets/{ticket}/change", summary="Take, resolve or open again a ticket that Tickless keeps")
async def change(desk: DeskHere, visitor: Actor, ticket: str, given: ChangeGiven) -> TicketShown:
    """`resolved` asks the person whether it works: only their yes confirms it."""
    done = await desk.tickets.change(ticket, given.to, by=visitor.actor, person=visitor.person, minutes=given.minutes)
    return show_ticket(done)


@router.post("/tickets/{ticket}/refresh", summary="Read a ticket now")
async def refresh(desk: DeskHere, visitor: Actor, ticket: str) -> TicketShown:
    return show_ticket(await desk.tickets.refresh(ticket))


@router.post("/cases/{case}/invite", summary="Call somebody in to work on a case together")
async def invite(desk: DeskHere, visitor: Actor, case: str, given: InviteGiven) -> Invited:
    """They get the pack in their notices, and may see the case."""
    identity = await run_in_threadpool(_identity, desk, case, visitor)
    person = await desk.tickets.invite(identity, given.person, by=visitor.actor, why=given.reason)
    return Invited(person=person.id, name=person.name)


def show_ticket(ticket: Ticket) -> TicketShown:
    return TicketShown(
        id=ticket.id,
        case=ticket.case,
        system=ticket.system or OWN,
        number=tamed(ticket.number),
        url=ticket.url,
        state=ticket.state,
        owner=tamed(ticket.owner),
        sent_to=tamed(ticket.sent_to),
        sent_why=tamed(ticket.sent_why),
        team=tamed(ticket.team),
        asked_at=ticket.asked_at,
        waiting=len(ticket.errands),
        reasks=ticket.reasks,
        reasked=[ReaskShown(asked=tamed(one.asked), held=tamed(one.held), at=one.at) for one in ticket.reasked],
        trouble=tamed(ticket.trouble),
        synced_at=ticket.synced_at,
        made_at=ticket.made_at,
    )


def _identity(desk: Desk, case: str, visitor: Visitor) -> str:
    with desk.journal.read() as tx:
        return find_case(tx, case, visitor).id


def _name(visitor: Visitor) -> str:
    if visitor.person is not None:
        return visitor.person.name
    return visitor.user.login if visitor.user else "A colleague"
