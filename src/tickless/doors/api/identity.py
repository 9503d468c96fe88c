"""Accounts in channels, and who stands in for whom."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from fastapi import Query
from pydantic import AwareDatetime, Field

from tickless.domain.channel import Binding
from tickless.domain.errors import Forbidden
from tickless.domain.person import Delegation
from tickless.doors.api.guards import Admin, DeskHere, Talker, new_router
from tickless.doors.api.schemas import Given, Page, Shown
from tickless.doors.api.views import tamed
from tickless.doors.entrance import Visitor

router = new_router("identity")
MOST = 10_000


class BindingShown(Shown):
    """An account in a channel that counts as a person."""

    id: str
    channel: str
    account: str
    person: str
    way: Literal["directory", "code", "administrator"] = Field(description="How we know that it is theirs")
    active: bool
    at: dt.datetime
    by: str


class BindAccount(Given):
    """`account` is the channel's own id, as a message of it shows."""

    channel: str = Field(min_length=1, max_length=100)
    account: str = Field(min_length=1, max_length=200)
    person: str = Field(min_length=1, max_length=200, description="Id or user name")


class DelegationShown(Shown):
    """Somebody who may ask on behalf of somebody else."""

    id: str
    person: str
    delegate: str
    since: dt.datetime
    until: dt.datetime
    by: str
    note: str
    approves: bool = Field(description="May they also answer what the other is asked to approve?")


class Delegate(Given):
    """Policy says what a delegate may ask for."""

    person: str = Field(
        default="", max_length=200, description="Who is stood in for: id or user name; empty: the caller"
    )
    delegate: str = Field(min_length=1, max_length=200)
    since: AwareDatetime | None = Field(default=None, description="Default: now")
    until: AwareDatetime
    note: str = Field(default="", max_length=500)
    approves: bool = Field(default=False, description="Also for approvals; nobody who asked or gains may arrange it")


def _binding(one: Binding) -> BindingShown:
    return BindingShown(**{**one.model_dump(exclude={"version"}), "account": tamed(one.account)})


def _delegation(one: Delegation) -> DelegationShown:
    return DelegationShown(**one.model_dump(exclude={"version"}))


@router.get("/bindings", summary="List accounts in channels")
def list_bindings(
    desk: DeskHere,
    visitor: Talker,
    person: Annotated[str, Query(max_length=200, description="Only of this person's id")] = "",
) -> Page[BindingShown]:
    """Without the right `admin`: those of the caller."""
    own = visitor.person.id if visitor.person else ""
    wanted = person if visitor.may("admin") else own
    with desk.journal.read() as tx:
        found = tx.bindings.by(person=wanted) if wanted or not visitor.may("admin") else tx.bindings.where(limit=MOST)
    return Page(items=[_binding(one) for one in found])


@router.post("/bindings", status_code=201, summary="Bind an account to a person")
async def bind_account(desk: DeskHere, visitor: Admin, given: BindAccount) -> BindingShown:
    """Whoever it counted as before loses it, and both are told. Policy may refuse it."""
    return _binding(await desk.identity.bind(given.channel, given.account, given.person, by=visitor.actor))


@router.delete("/bindings/{binding:path}", summary="Unbind an account")
async def unbind_account(desk: DeskHere, visitor: Talker, binding: str) -> BindingShown:
    """Administrators any, people their own."""
    own = None if visitor.may("admin") else (visitor.person.id if visitor.person else "")
    if own == "":
        raise Forbidden("your account belongs to no person, so no account in a channel is yours")
    return _binding(await desk.identity.unbind(binding, by=visitor.actor, of=own))


@router.get("/delegations", summary="List who stands in for whom")
def list_delegations(desk: DeskHere, visitor: Talker) -> Page[DelegationShown]:
    """Newest first, past ones too. Without the right `admin`: those that are about the caller."""
    own = _own(visitor)
    return Page(items=[_delegation(one) for one in desk.identity.delegations(of=own)])


@router.post("/delegations", status_code=201, summary="Let somebody stand in for somebody")
async def create_delegation(desk: DeskHere, visitor: Talker, given: Delegate) -> DelegationShown:
    """For at most a year. Everybody for themselves, in what they are asked to approve; the rest takes the right `admin`."""
    person = given.person or (visitor.person.id if visitor.person else "")
    made = await desk.identity.delegate(
        person,
        given.delegate,
        since=given.since,
        until=given.until,
        by=visitor.actor,
        note=given.note,
        approves=given.approves,
        own=_own(visitor),
    )
    return _delegation(made)


@router.delete("/delegations/{delegation}", summary="End a delegation now")
async def end_delegation(desk: DeskHere, visitor: Talker, delegation: str) -> DelegationShown:
    """Whoever is stood in for, or stands in; administrators any."""
    return _delegation(await desk.identity.end_delegation(delegation, by=visitor.actor, own=_own(visitor)))


def _own(visitor: Visitor) -> str | None:
    """The person to whom a caller is held; None: an administrator. Raises `Forbidden` for an account that is nobody's, and for
    a token that speaks as anybody."""
    if visitor.may("admin"):
        return None
    if visitor.person is None or (visitor.kind == "token" and "ask_as" in visitor.scopes):
        raise Forbidden("this account or token belongs to no one person, so nobody can stand in for it")
    return visitor.person.id
