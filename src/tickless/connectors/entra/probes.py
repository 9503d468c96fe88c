"""What Microsoft Entra ID can be asked."""

from __future__ import annotations

from tickless.connectors.entra.client import connect
from tickless.sdk import Call, Result, people, probe
from tickless.sdk.capabilities.directory import Account, AccountState, Member, Membership


@probe("account", params=Account, output=AccountState)
def account(call: Call, params: Account) -> Result:
    """How an account stands, and its groups."""
    return people.account(params, connect(call))


@probe("member", params=Membership, output=Member)
def member(call: Call, params: Membership) -> Result:
    """Whether a group names an account."""
    return people.member(params, connect(call))
