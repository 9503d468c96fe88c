"""The operations that directories of people have alike (`sdk.people`), made for a connector out of its own `connect`.

`actions.py`: `OPERATIONS = account_actions(connect)` · `probes.py`: `OPERATIONS = account_probes(connect)`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tickless.sdk import people
from tickless.sdk.capabilities.directory import (
    Account,
    AccountState,
    Enabled,
    Member,
    Membership,
    PasswordSet,
    Revoked,
    SetEnabled,
    SetPassword,
    Unlocked,
)
from tickless.sdk.connector import Call
from tickless.sdk.operations import Operation, Output, Params, Result

Connect = Callable[[Call], people.Directory]


def account_probes(connect: Connect) -> tuple[Operation, ...]:
    """`account` and `member`."""

    def account(call: Call, params: Account) -> Result:
        return people.account(params, connect(call))

    def member(call: Call, params: Membership) -> Result:
        return people.member(params, connect(call))

    return (
        Operation("account", "probe", Account, AccountState, account),
        Operation("member", "probe", Membership, Member, member),
    )


def account_actions(connect: Connect) -> tuple[Operation, ...]:
    """Into groups and out of them, on and off, a password, out of every session. Each looks first, acts, and reads back."""

    def add_to_group(call: Call, params: Membership) -> Result:
        return people.set_member(call, params, connect(call), wanted=True)

    def remove_from_group(call: Call, params: Membership) -> Result:
        return people.set_member(call, params, connect(call), wanted=False)

    def set_enabled(call: Call, params: SetEnabled) -> Result:
        return people.set_enabled(call, params, connect(call))

    def set_password(call: Call, params: SetPassword) -> Result:
        return people.set_password(call, params, connect(call))

    def revoke_sessions(call: Call, params: Account) -> Result:
        return people.revoke_sessions(call, params, connect(call))

    return (
        _action("add_to_group", Membership, Member, add_to_group),
        _action("remove_from_group", Membership, Member, remove_from_group),
        _action("set_enabled", SetEnabled, Enabled, set_enabled),
        _action("set_password", SetPassword, PasswordSet, set_password),
        _action("revoke_sessions", Account, Revoked, revoke_sessions),
    )


def unlocking(connect: Callable[[Call], people.Unlocking]) -> Operation:
    """`unlock`, for a directory that can."""

    def unlock(call: Call, params: Account) -> Result:
        return people.unlock(call, params, connect(call))

    return _action("unlock", Account, Unlocked, unlock)


def _action(name: str, params: type[Params], output: type[Output], run: Callable[[Call, Any], Result]) -> Operation:
    return Operation(name, "action", params, output, run)
