"""Who am I; users, tokens, one-time secrets."""

from __future__ import annotations

import datetime as dt

from tickless.domain.errors import Forbidden, NotFound
from tickless.doors.api.account_schemas import (
    CreateToken,
    CreateUser,
    Link,
    Me,
    SetPassword,
    TokenMade,
    TokenShown,
    UserShown,
)
from tickless.doors.api.guards import Admin, Anyone, DeskHere, EntranceHere, new_router
from tickless.doors.api.schemas import Done, Page
from tickless.doors.api.signal_schemas import Secret
from tickless.doors.api.views import show_token, show_user
from tickless.doors.entrance import Entrance
from tickless.doors.entrance.entrance import link_path
from tickless.journal.access import User

router = new_router("accounts")


@router.get("/me", summary="Who am I here?")
def me(entrance: EntranceHere, visitor: Anyone) -> Me:
    """Any account may ask."""
    if visitor.user is None:
        entrance.require(visitor, "chat")
    login = visitor.user.login if visitor.user else ""
    return Me(
        kind=visitor.kind,
        name=visitor.name,
        login=login,
        person=visitor.person.id if visitor.person else None,
        roles=list(visitor.roles),
        rights=sorted(visitor.rights),
    )


@router.post("/secrets/{identity}/open", summary="Show a one-time secret, once")
async def open_secret(desk: DeskHere, entrance: EntranceHere, visitor: Anyone, identity: str) -> Secret:
    """Only the person it is for can open it, signed in; afterwards it is gone."""
    entrance.require(visitor, "chat")
    if visitor.kind != "session" or visitor.person is None:
        raise Forbidden("a secret is opened by the person it is for, signed in", mend="open the link in a browser")
    return Secret(secret=await desk.open_secret(identity, person=visitor.person.id))


@router.get("/users", summary="List accounts")
def list_users(entrance: EntranceHere, visitor: Admin) -> Page[UserShown]:
    with entrance.journal.read() as tx:
        return Page(items=[show_user(user) for user in tx.access.users.where()])


@router.post("/users", status_code=201, summary="Create an account")
def create_user(entrance: EntranceHere, visitor: Admin, given: CreateUser) -> UserShown:
    user = entrance.create_user(
        given.login,
        roles=given.roles,
        person=given.person,
        password=given.password,
        service=given.service,
        owner=given.owner,
        by=visitor.actor,
    )
    return show_user(user)


@router.put("/users/{login}/password", summary="Set a password")
def set_password(entrance: EntranceHere, visitor: Admin, login: str, given: SetPassword) -> Done:
    entrance.set_password(login, given.password, by=visitor.actor)
    return Done()


@router.post("/users/{login}/link", status_code=201, summary="Make a one-time sign-in link")
def make_link(entrance: EntranceHere, visitor: Admin, login: str) -> Link:
    """Works once, for a few minutes."""
    return Link(path=link_path(entrance.make_link(_user(entrance, login), by=visitor.actor)))


@router.get("/tokens", summary="List API tokens")
def list_tokens(entrance: EntranceHere, visitor: Admin) -> Page[TokenShown]:
    """Without the tokens: only their hashes are kept."""
    used = entrance.tokens_used()
    shown = (show_token(token) for token in entrance.tokens())
    return Page(items=[one.model_copy(update={"used_at": used.get(one.id)}) for one in shown])


@router.post("/tokens", status_code=201, summary="Create an API token")
def create_token(entrance: EntranceHere, visitor: Admin, given: CreateToken) -> TokenMade:
    """The answer is the only place where the token is ever shown. It has no more rights than the user it acts for."""
    user = _user(entrance, given.user) if given.user else visitor.user
    assert user is not None, "an administrator has an account"
    days = given.expires_in_days
    made = entrance.create_token(
        given.name,
        user=user,
        scopes=given.scopes,
        source=given.source,
        expires_at=entrance.clock.now() + dt.timedelta(days=days) if days else None,
        by=visitor.actor,
    )
    return TokenMade(**show_token(made.record).model_dump(), token=made.token)


@router.delete("/tokens/{token}", summary="Revoke an API token")
def revoke_token(entrance: EntranceHere, visitor: Admin, token: str) -> Done:
    """Effective at once; for receivers of other processes within two seconds."""
    entrance.revoke(token, by=visitor.actor)
    return Done()


def _user(entrance: Entrance, login: str) -> User:
    with entrance.journal.read() as tx:
        user = tx.access.user_by_login(login.strip().lower())
    if user is None:
        raise NotFound(f"there is no user {login[:80]!r}", mend="look at the list: tickless user list")
    return user
