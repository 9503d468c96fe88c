"""What can be done in an LDAP directory. Every action looks first and reads back what it did."""

from __future__ import annotations

from tickless.connectors.ldap.accounts import Accounts, accounts
from tickless.connectors.ldap.entries import Entry, escape_name
from tickless.domain.errors import Rejected
from tickless.domain.receipt import UndoStep
from tickless.sdk import Call, Result, action
from tickless.sdk.capabilities.directory import (
    Account,
    Enabled,
    Made,
    Member,
    Membership,
    NewAccount,
    PasswordSet,
    SetEnabled,
    SetPassword,
    Unlocked,
)


@action("unlock", params=Account, output=Unlocked)
def unlock(call: Call, params: Account) -> Result:
    """End a lockout. An account that an administrator has disabled stays disabled."""
    with accounts(call) as here:
        entry = here.get(params.username)
        if not here.standing(entry).locked:
            return Result(output=Unlocked(locked=False), summary="the account was not locked")
        if call.dry_run:
            return Result(output=Unlocked(locked=True), changed=True, summary="would unlock the account")
        here.directory.modify(entry.dn, here.dialect.unlock())
        locked = here.standing(here.get(params.username)).locked
    summary = "the account is locked still" if locked else "unlocked the account"
    return Result(output=Unlocked(locked=locked), changed=not locked, summary=summary)


@action("set_password", params=SetPassword, output=PasswordSet)
def set_password(call: Call, params: SetPassword) -> Result:
    """Set a password from a secret reference. A second try of the same step leaves what the first one set."""
    with accounts(call) as here:
        entry = here.get(params.username)
        if _set_by_an_earlier_try(call, here, entry):
            return _password(here, entry, changed=False, summary="an earlier try of this step had set the password")
        if call.dry_run:
            return _password(here, entry, changed=True, summary="would set the password")
        _write_password(here, entry, call.secret(params.password), must_change=params.must_change)
        return _password(here, here.get(params.username), changed=True, summary="set the password")


def _set_by_an_earlier_try(call: Call, here: Accounts, entry: Entry) -> bool:
    changed_at = here.standing(entry).password_changed_at
    if call.first_started is None or changed_at is None:
        return False
    return changed_at >= call.first_started.replace(microsecond=0)  # directories keep whole seconds


def _write_password(here: Accounts, entry: Entry, password: str, *, must_change: bool) -> None:
    changes = here.dialect.set_password(password)
    if changes is None:
        here.directory.set_password(entry.dn, password)
    else:
        here.directory.modify(entry.dn, changes)
    here.directory.modify(entry.dn, here.dialect.after_password(must_change=must_change))


def _password(here: Accounts, entry: Entry, *, changed: bool, summary: str) -> Result:
    standing = here.standing(entry)
    output = PasswordSet(changed_at=standing.password_changed_at, must_change_password=standing.must_change_password)
    return Result(output=output, changed=changed, summary=summary)


@action("add_to_group", params=Membership, output=Member)
def add_to_group(call: Call, params: Membership) -> Result:
    """Make an account a member of a group."""
    return _set_member(call, params, wanted=True)


@action("remove_from_group", params=Membership, output=Member)
def remove_from_group(call: Call, params: Membership) -> Result:
    """Take an account out of a group. Some directories refuse to remove the last member."""
    return _set_member(call, params, wanted=False)


def _set_member(call: Call, params: Membership, *, wanted: bool) -> Result:
    with accounts(call) as here:
        entry, group = here.get(params.username), here.get_group(params.group)
        word = "a member" if wanted else "not a member"
        if here.names(group, entry) == wanted:
            return Result(output=Member(member=wanted), summary=f"was {word} already")
        if call.dry_run:
            return Result(output=Member(member=not wanted), changed=True, summary=f"would be {word}")
        change = here.directory.add_value if wanted else here.directory.remove_value
        changed = change(group.dn, "member", entry.dn.encode())
        undo = UndoStep(
            uses=f"{call.instance.name}.{'remove_from_group' if wanted else 'add_to_group'}",
            with_=params.model_dump(),
        )
        output = Member(member=here.names(group, entry))
    return Result(output=output, changed=changed, summary=f"is {word} now", undo=undo if changed else None)


@action("set_enabled", params=SetEnabled, output=Enabled)
def set_enabled(call: Call, params: SetEnabled) -> Result:
    """Enable or disable an account."""
    with accounts(call) as here:
        entry = here.get(params.username)
        word = "enabled" if params.enabled else "disabled"
        if here.standing(entry).enabled == params.enabled:
            return Result(output=Enabled(enabled=params.enabled), summary=f"the account was {word} already")
        if call.dry_run:
            return Result(output=Enabled(enabled=not params.enabled), changed=True, summary=f"would be {word}")
        here.directory.modify(entry.dn, here.dialect.set_enabled(entry, enabled=params.enabled))
        enabled = here.standing(here.get(params.username)).enabled
    undo = UndoStep(
        uses=f"{call.instance.name}.set_enabled", with_={"username": params.username, "enabled": not params.enabled}
    )
    return Result(output=Enabled(enabled=enabled), changed=True, summary=f"the account is {word} now", undo=undo)


@action("create_account", params=NewAccount, output=Made)
def create_account(call: Call, params: NewAccount) -> Result:
    """Make an account below `people_base`, disabled and without a password. An earlier try of this step is gone on with."""
    with accounts(call) as here:
        entry = here.find(params.username)
        if entry is not None and not (call.first_started is not None and _made_by(here, entry, params)):
            raise Rejected(
                "the directory has an account of that name already", detail=f"login name {params.username!r}"
            )
        if call.dry_run:
            return Result(output=Made(exists=False), changed=True, summary="would make the account")
        if entry is None:
            names, attributes = here.dialect.new_account(params)
            dn = f"{names}={escape_name(attributes[names])},{here.settings.people_base}"
            if not here.directory.add(dn, {name: (text.encode(),) for name, text in attributes.items() if text}):
                raise Rejected("the directory has an entry of that name already", detail=dn)
            entry = here.get(params.username)
        if here.standing(entry).enabled:
            here.directory.modify(entry.dn, here.dialect.set_enabled(entry, enabled=False))
        made = here.find(params.username) is not None
    undo = UndoStep(uses=f"{call.instance.name}.delete_account", with_={"username": params.username})
    return Result(output=Made(exists=made), changed=True, summary="made the account, disabled", undo=undo)


def _made_by(here: Accounts, entry: Entry, params: NewAccount) -> bool:
    """Whether an earlier try of this step made the entry: it has what was asked for, and nobody ever set a password."""
    found = here.directory.read(entry.dn, ["mail", "displayName"])
    same = found is not None and (found.text("mail"), found.text("displayName")) == (params.email, params.display_name)
    return same and here.standing(entry).password_changed_at is None


@action("delete_account", params=Account, output=Made)
def delete_account(call: Call, params: Account) -> Result:
    """Delete an account: only ever to take its creation back."""
    with accounts(call) as here:
        entry = here.find(params.username)
        if entry is None:
            return Result(output=Made(exists=False), summary="there is no such account")
        if call.dry_run:
            return Result(output=Made(exists=True), changed=True, summary="would delete the account")
        changed = here.directory.delete(entry.dn)
        there = here.find(params.username) is not None
    return Result(output=Made(exists=there), changed=changed, summary="deleted the account")
