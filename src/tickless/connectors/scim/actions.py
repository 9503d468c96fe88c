"""What can be done at a SCIM service. Every action looks first and reads back what it did."""

from __future__ import annotations

from tickless.connectors.scim.client import Resource, Scim, connect
from tickless.connectors.scim.probes import is_active, is_member
from tickless.domain.errors import Rejected
from tickless.domain.receipt import UndoStep
from tickless.sdk import Call, Result, action
from tickless.sdk.capabilities.directory import Account, Enabled, Made, Member, Membership, NewAccount, SetEnabled


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


@action("create_account", params=NewAccount, output=Made)
def create_account(call: Call, params: NewAccount) -> Result:
    """Make an account that is not active and has no password. An earlier try of this step is gone on with."""
    scim = connect(call)
    there = scim.user(params.username)
    ours = there is not None and call.first_started is not None and there.text("displayName") == params.display_name
    if there is not None and not ours:
        raise Rejected("the SCIM service has an account of that name already", detail=f"user name {params.username!r}")
    if call.dry_run:
        return Result(output=Made(exists=False), changed=True, summary="would make the account")
    if there is None:
        scim.create(_new(params))
    made = scim.user(params.username) is not None
    undo = UndoStep(uses=f"{call.instance.name}.delete_account", with_={"username": params.username})
    return Result(output=Made(exists=made), changed=True, summary="made the account, disabled", undo=undo)


def _new(params: NewAccount) -> dict[str, object]:
    return {
        "userName": params.username,
        "name": {"givenName": params.given_name, "familyName": params.family_name},
        "displayName": params.display_name,
        "emails": [{"value": params.email, "type": "work", "primary": True}],
        "active": False,
        **({"title": params.title} if params.title else {}),
    }


@action("delete_account", params=Account, output=Made)
def delete_account(call: Call, params: Account) -> Result:
    """Delete an account: only ever to take its creation back."""
    scim = connect(call)
    user = scim.user(params.username)
    if user is None:
        return Result(output=Made(exists=False), summary="there is no such account")
    if call.dry_run:
        return Result(output=Made(exists=True), changed=True, summary="would delete the account")
    scim.delete(user)
    return Result(
        output=Made(exists=scim.user(params.username) is not None), changed=True, summary="deleted the account"
    )


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
