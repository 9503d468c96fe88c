"""Shapes of accounts and tokens in the API."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from tickless.doors.api.schemas import Given, Short, Shown
from tickless.doors.entrance.visitor import Right, Scope
from tickless.journal.access import Role


class Me(Shown):
    """Who the caller is here."""

    kind: Literal["session", "token", "anonymous"]
    name: str
    login: str
    person: str | None
    roles: list[Role]
    rights: list[Right]


class UserShown(Shown):
    """A local account."""

    id: str
    login: str
    person: str | None
    roles: list[Role]
    active: bool
    has_password: bool
    kind: str = "person"
    """`person`, `service` (a program's) or `break_glass`."""
    owner: str | None = None
    """Id of the person who answers for a program's account."""
    of_groups: list[Role] = Field(default_factory=list)
    """Those of the roles that come with the directory's groups."""


class CreateUser(Given):
    """A new account. Without a password it signs in by link only."""

    login: Short = Field(min_length=1)
    roles: list[Role] = Field(min_length=1, max_length=5)
    person: Short | None = None
    service: bool = False
    """For a program: it shows tokens and never signs in."""
    owner: Short | None = None
    """Id of the person who answers for a program's account."""
    password: str | None = Field(default=None, max_length=500)


class SetPassword(Given):
    """At least twelve characters."""

    password: str = Field(max_length=500)


class Link(Shown):
    """A sign-in link: `path` below the address of the house. Works once, soon."""

    path: str


class CreateToken(Given):
    """A token for a machine. With `source` it may send as that source and do nothing else."""

    name: Short = Field(min_length=1, examples=["prometheus in the data centre"])
    scopes: list[Scope] = Field(min_length=1, max_length=6)
    user: Short | None = None
    """Login it acts for; your own when left out."""
    source: Short | None = None
    expires_in_days: float | None = Field(default=None, gt=0, le=3_650)


class TokenShown(Shown):
    """A token, without itself."""

    id: str
    name: str
    user: str
    scopes: list[str]
    source: str | None
    created_at: dt.datetime
    expires_at: dt.datetime | None
    used_at: dt.datetime | None = None
    """When it was shown last, to within a minute."""


class TokenMade(TokenShown):
    """A new token: `token` is shown now and never again."""

    token: str
