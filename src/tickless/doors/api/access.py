"""Sessions, roles, switching accounts on and off, and break-glass accounts."""

from __future__ import annotations

import datetime as dt

from fastapi import Request
from pydantic import Field

from tickless.domain.errors import Forbidden, NotFound
from tickless.doors.api.account_schemas import UserShown
from tickless.doors.api.guards import Admin, Anyone, EntranceHere, new_router
from tickless.doors.api.schemas import Done, Given, Page, Short, Shown
from tickless.doors.api.views import show_user
from tickless.doors.entrance import Entrance, Visitor
from tickless.doors.entrance.break_glass import seal
from tickless.doors.entrance.entrance import COOKIE
from tickless.doors.entrance.sessions import Sessions
from tickless.journal.access import Role, Session, User

router = new_router("accounts")


class SessionShown(Shown):
    """Where somebody is signed in."""

    id: str | None
    address: str | None
    agent: str | None
    way: str | None
    created_at: dt.datetime
    seen_at: dt.datetime | None
    expires_at: dt.datetime


class Ended(Shown):
    sessions: int


class SetRoles(Given):
    """The roles that somebody gives; those of the directory's groups come besides."""

    roles: list[Role] = Field(max_length=5)


class SetActive(Given):
    active: bool


class NewSeal(Given):
    login: Short = Field(min_length=1)


class Sealed(Shown):
    """The password is shown now and never again; it works once."""

    login: str
    password: str


def _sessions(entrance: Entrance) -> Sessions:
    return Sessions(entrance.journal, entrance.clock, entrance.settings)


def _show(one: Session) -> SessionShown:
    return SessionShown(**{name: getattr(one, name) for name in SessionShown.model_fields})


def _me(entrance: Entrance, visitor: Visitor) -> User:
    entrance.require(visitor, "chat")
    if visitor.kind != "session" or visitor.user is None:
        raise Forbidden("only people who signed in have sessions", mend="open it in a browser")
    return visitor.user


@router.get("/me/sessions", summary="Where am I signed in?")
def my_sessions(entrance: EntranceHere, visitor: Anyone) -> Page[SessionShown]:
    return Page(items=[_show(one) for one in _sessions(entrance).of(_me(entrance, visitor))])


@router.delete("/me/sessions", summary="End all my other sessions")
def end_my_sessions(entrance: EntranceHere, visitor: Anyone, request: Request) -> Ended:
    me = _me(entrance, visitor)
    return Ended(sessions=_sessions(entrance).end(me, by=visitor.actor, but=request.cookies.get(COOKIE, "")))


@router.delete("/me/sessions/{session}", summary="End one of my sessions")
def end_my_session(entrance: EntranceHere, visitor: Anyone, session: str) -> Ended:
    return Ended(sessions=_sessions(entrance).end(_me(entrance, visitor), by=visitor.actor, session=session))


@router.get("/users/{login}/sessions", summary="Where is somebody signed in?")
def sessions_of(entrance: EntranceHere, visitor: Admin, login: str) -> Page[SessionShown]:
    return Page(items=[_show(one) for one in _sessions(entrance).of(_user(entrance, login))])


@router.delete("/users/{login}/sessions", summary="End all sessions of somebody")
def end_sessions_of(entrance: EntranceHere, visitor: Admin, login: str) -> Ended:
    return Ended(sessions=_sessions(entrance).end(_user(entrance, login), by=visitor.actor))


@router.put("/users/{login}/roles", summary="Give and take roles")
def set_roles(entrance: EntranceHere, visitor: Admin, login: str, given: SetRoles) -> UserShown:
    """Nobody changes their own."""
    return show_user(entrance.set_roles(login, given.roles, by=visitor.actor))


@router.put("/users/{login}/active", summary="Switch an account on or off")
def set_active(entrance: EntranceHere, visitor: Admin, login: str, given: SetActive) -> UserShown:
    """Off ends its sessions and revokes its tokens at once."""
    return show_user(entrance.switch(login, on=given.active, by=visitor.actor))


@router.post("/break-glass", status_code=201, summary="Seal a break-glass account, or seal one again")
def seal_account(entrance: EntranceHere, visitor: Admin, given: NewSeal) -> Sealed:
    """Its password works once; using it tells every administrator, and the session ends within an hour."""
    user, password = seal(entrance.journal, entrance.clock, given.login, by=visitor.actor)
    return Sealed(login=user.login, password=password)


@router.delete("/users/{login}/tokens", summary="Revoke every token of an account")
def revoke_tokens(entrance: EntranceHere, visitor: Admin, login: str) -> Done:
    user = _user(entrance, login)
    for token in entrance.tokens():
        if token.user == user.id:
            entrance.revoke(token.id, by=visitor.actor)
    return Done()


def _user(entrance: Entrance, login: str) -> User:
    with entrance.journal.read() as tx:
        user = tx.access.user_by_login(login.strip().lower())
    if user is None:
        raise NotFound(f"there is no user {login[:80]!r}", mend="look at the list: tickless user list")
    return user
