"""What can be done at a SCIM service. Every action looks first and reads back what it did."""

from __future__ import annotations

from tickless.connectors.scim.client import Resource, Scim, connect
from tickless.connectors.scim.probes import is_active, is_member
from tickless.domain.errors import Rejected
from tickless.domain.receipt import UndoStep
from tickless.sdk import Call, Result, action
from tickless.sdk.capabilities.directory import Enabled, Member, Membership, SetEnabled


@action("add_to_group", params=Membership, output=Member)
def add_to_group(call: Call, params: Membership) -> Result:
    """Make an account a member of a group."""
    return _set_member(call, params, wanted=True)


@action("remove_from_group", params=Membership, output=Member)
def remove_from_group(call: Call, params: Membership) -> Result:
    """Take an account out of a group."""
    return _set_member(call, params, wanted=False)


def _set_member(call: Call, params: Membership, *, wanted: bool) -> Result:
    scim = connect(call)
    user, group = _user(scim, params.username), _group(scim, params.group)
    word = "a member" if wanted else "not a member"
    if is_member(group, user) == wanted:
        return Result(output=Member(member=wanted), summary=f"was {word} already")
    if call.dry_run:
        return Result(output=Member(member=not wanted), changed=True, summary=f"would be {word}")
    if wanted:
        scim.add_member(group, user)
    else:
        scim.remove_member(group, user)
    after = is_member(_group(scim, params.group), user)
    undo = UndoStep(
        uses=f"{call.instance.name}.{'remove_from_group' if wanted else 'add_to_group'}", with_=params.model_dump()
    )
    return Result(output=Member(member=after), changed=True, summary=f"is {word} now", undo=undo)


@action("set_enabled", params=SetEnabled, output=Enabled)
def set_enabled(call: Call, params: SetEnabled) -> Result:
    """Enable or disable an account (`active`)."""
    scim = connect(call)
    user = _user(scim, params.username)
    word = "enabled" if params.enabled else "disabled"
    if is_active(user) == params.enabled:
        return Result(output=Enabled(enabled=params.enabled), summary=f"the account was {word} already")
    if call.dry_run:
        return Result(output=Enabled(enabled=not params.enabled), changed=True, summary=f"would be {word}")
    scim.set_active(user, active=params.enabled)
    enabled = is_active(_user(scim, params.username))
    undo = UndoStep(
        uses=f"{call.instance.name}.set_enabled", with_={"username": params.username, "enabled": not params.enabled}
    )
    return Result(output=Enabled(enabled=enabled), changed=True, summary=f"the account is {word} now", undo=undo)


def _user(scim: Scim, username: str) -> Resource:
    found = scim.user(username)
    if found is None:
        raise Rejected("the SCIM service has no such account", detail=f"user name {username!r}")
    return found


def _group(scim: Scim, name: str) -> Resource:
    found = scim.group(name)
    if found is None:
        raise Rejected("the SCIM service has no such group", detail=f"group {name!r}")
    return found
