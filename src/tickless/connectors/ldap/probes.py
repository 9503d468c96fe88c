"""What an LDAP directory can be asked."""

from __future__ import annotations

from tickless.connectors.ldap.accounts import accounts
from tickless.sdk import Call, Result, probe
from tickless.sdk.capabilities.directory import Account, AccountState, Member, Membership


@probe("account", params=Account, output=AccountState)
def account(call: Call, params: Account) -> Result:
    """How an account stands: locked, disabled, password due, groups."""
    with accounts(call) as here:
        entry = here.find(params.username)
        if entry is None:
            return Result(output=AccountState(exists=False), summary="there is no such account")
        standing = here.standing(entry)
        state = AccountState(
            exists=True,
            enabled=standing.enabled,
            locked=standing.locked,
            locked_since=standing.locked_since if standing.locked else None,
            password_expired=standing.password_expired,
            password_changed_at=standing.password_changed_at,
            must_change_password=standing.must_change_password,
            display_name=entry.text("displayName") or entry.text("cn"),
            groups=here.groups_of(entry),
        )
    words = "locked" if state.locked else "enabled" if state.enabled else "disabled"
    return Result(output=state, summary=f"the account is {words}")


@probe("member", params=Membership, output=Member)
def member(call: Call, params: Membership) -> Result:
    """Whether a group names an account. No such account: not a member."""
    with accounts(call) as here:
        group = here.group(params.group)
        if group is None:
            return Result(output=Member(member=False, group_exists=False), summary="there is no such group")
        entry = here.find(params.username)
        found = entry is not None and here.is_member(group, entry)
    return Result(output=Member(member=found), summary="is a member" if found else "is not a member")
