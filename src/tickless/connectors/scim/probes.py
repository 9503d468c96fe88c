"""What a SCIM service can be asked."""

from __future__ import annotations

from tickless.connectors.scim.client import Resource, connect
from tickless.sdk import Call, Result, probe
from tickless.sdk.capabilities.directory import Account, AccountState, Member, Membership


@probe("account", params=Account, output=AccountState)
def account(call: Call, params: Account) -> Result:
    """Whether an account is there and enabled, and its groups. SCIM knows no lockouts: `locked` is always False."""
    user = connect(call).user(params.username)
    if user is None:
        return Result(output=AccountState(exists=False), summary="there is no such account")
    state = AccountState(
        exists=True,
        enabled=is_active(user),
        display_name=user.text("displayName"),
        groups=tuple(sorted(user.parts("groups", "display"))),
    )
    return Result(output=state, summary=f"the account is {'enabled' if state.enabled else 'disabled'}")


@probe("member", params=Membership, output=Member)
def member(call: Call, params: Membership) -> Result:
    """Whether a group names an account. No such account: not a member."""
    scim = connect(call)
    group = scim.group(params.group)
    if group is None:
        return Result(output=Member(member=False, group_exists=False), summary="there is no such group")
    user = scim.user(params.username)
    found = user is not None and is_member(group, user)
    return Result(output=Member(member=found), summary="is a member" if found else "is not a member")


def is_active(user: Resource) -> bool:
    """Whether the account may be used; a service that leaves `active` out means yes (RFC 7643, 4.1.1)."""
    return user.data.get("active", True) is not False


def is_member(group: Resource, user: Resource) -> bool:
    """Whether the group names the user itself; groups in groups are not followed."""
    return user.id in group.parts("members", "value")
