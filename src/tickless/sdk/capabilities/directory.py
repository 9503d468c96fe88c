"""`directory.*`: accounts and groups."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from tickless.sdk.capabilities.shape import Shape
from tickless.sdk.operations import Output, Params


class Account(Params):
    """An account by its login name."""

    username: str = Field(min_length=1, max_length=128)


class AccountState(Output):
    """`locked_since` and `password_changed_at` are None where the directory does not say."""

    exists: bool
    enabled: bool = False
    locked: bool = False
    locked_since: dt.datetime | None = None
    password_expired: bool = False
    password_changed_at: dt.datetime | None = None
    must_change_password: bool = False
    display_name: str = ""
    groups: tuple[str, ...] = ()


class Unlocked(Output):
    locked: bool


class SetPassword(Account):
    """`password` is a secret reference (`once:…`, `env:…`), never a value."""

    password: str
    must_change: bool = True


class PasswordSet(Output):
    changed_at: dt.datetime | None
    must_change_password: bool


class Membership(Account):
    group: str = Field(min_length=1, max_length=200)


class Member(Output):
    member: bool
    group_exists: bool = True


class SetEnabled(Account):
    enabled: bool


class Enabled(Output):
    enabled: bool


class Revoked(Output):
    """Sessions begun before `since` are over; None where the directory does not say."""

    since: dt.datetime | None


class NewAccount(Account):
    """An account to be made, switched off until it is enabled; it has no password before one is set."""

    given_name: str = Field(min_length=1, max_length=100)
    family_name: str = Field(min_length=1, max_length=100)
    display_name: str = Field(min_length=1, max_length=200)
    email: str = Field(pattern=r"^[^\s@]+@[^\s@]+$", max_length=200)
    title: str = Field(default="", max_length=200)
    department: str = Field(default="", max_length=200)
    location: str = Field(default="", max_length=200)


class Made(Output):
    """Whether the account is there now."""

    exists: bool


SHAPES = (
    Shape("directory.account", "probe", Account, AccountState),
    Shape("directory.unlock", "action", Account, Unlocked),
    Shape("directory.set_password", "action", SetPassword, PasswordSet),
    Shape("directory.member", "probe", Membership, Member),
    Shape("directory.add_to_group", "action", Membership, Member),
    Shape("directory.remove_from_group", "action", Membership, Member),
    Shape("directory.set_enabled", "action", SetEnabled, Enabled),
    Shape("directory.revoke_sessions", "action", Account, Revoked),
    Shape("directory.create_account", "action", NewAccount, Made),
    Shape("directory.delete_account", "action", Account, Made),
)
