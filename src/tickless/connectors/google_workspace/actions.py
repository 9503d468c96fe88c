"""What can be done at Google Workspace. Each looks first, acts, and reads back (`sdk.people`)."""

from __future__ import annotations

from tickless.connectors.google_workspace.client import connect
from tickless.sdk import Call, Result, action, people
from tickless.sdk.capabilities.directory import (
    Account,
    Enabled,
    Member,
    Membership,
    PasswordSet,
    Revoked,
    SetEnabled,
    SetPassword,
)


@action("add_to_group", params=Membership, output=Member)
def add_to_group(call: Call, params: Membership) -> Result:
    """Make an account a member of a group."""
    return people.set_member(call, params, connect(call), wanted=True)


@action("remove_from_group", params=Membership, output=Member)
def remove_from_group(call: Call, params: Membership) -> Result:
    """Take an account out of a group."""
    return people.set_member(call, params, connect(call), wanted=False)


@action("set_enabled", params=SetEnabled, output=Enabled)
def set_enabled(call: Call, params: SetEnabled) -> Result:
    """Enable or disable an account."""
    return people.set_enabled(call, params, connect(call))


@action("set_password", params=SetPassword, output=PasswordSet)
def set_password(call: Call, params: SetPassword) -> Result:
    """Set a password out of a secret reference."""
    return people.set_password(call, params, connect(call))


@action("revoke_sessions", params=Account, output=Revoked)
def revoke_sessions(call: Call, params: Account) -> Result:
    """Sign an account out everywhere."""
    return people.revoke_sessions(call, params, connect(call))
