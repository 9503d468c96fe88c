"""What every directory of people does alike: look, act, read back, hand out the undo. The vendor's API stays in its connector.

A connector gives a `Directory` and passes the call on: `return people.set_enabled(call, params, connect(call))`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

from tickless.domain.errors import Rejected
from tickless.domain.receipt import UndoStep
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
from tickless.sdk.operations import Result

GRAIN = dt.timedelta(seconds=1)
"""Directories tell whole seconds, or nearly."""


@dataclass(frozen=True)
class Person:
    """An account as its directory has it. `signed_out_at`: sessions begun before it are over; None where nothing tells."""

    id: str
    username: str
    state: AccountState
    signed_out_at: dt.datetime | None = None


class Directory(Protocol):
    """A vendor's directory. Every method raises `OutsideError`; what it changes can be read back at once."""

    def person(self, username: str) -> Person | None: ...

    def group(self, name: str) -> str | None:
        """The id of a group by its name; None when there is none. Raises `Rejected` when there are several."""
        ...

    def is_member(self, group: str, person: Person) -> bool: ...

    def set_member(self, group: str, person: Person, *, wanted: bool) -> None: ...

    def set_enabled(self, person: Person, *, enabled: bool) -> None: ...

    def set_password(self, person: Person, password: str, *, must_change: bool) -> None: ...

    def revoke_sessions(self, person: Person) -> None: ...


class Unlocking(Directory, Protocol):
    """A directory that can open a locked account."""

    def unlock(self, person: Person) -> None: ...


def account(params: Account, directory: Directory) -> Result:
    """How an account stands; one that is not there is an answer, no error."""
    person = directory.person(params.username)
    if person is None:
        return Result(output=AccountState(exists=False), summary="there is no such account")
    word = "locked" if person.state.locked else "enabled" if person.state.enabled else "disabled"
    return Result(output=person.state, summary=f"the account is {word}")


def member(params: Membership, directory: Directory) -> Result:
    """Whether a group names an account itself. No such account: not a member."""
    group = directory.group(params.group)
    if group is None:
        return Result(output=Member(member=False, group_exists=False), summary="there is no such group")
    person = directory.person(params.username)
    found = person is not None and directory.is_member(group, person)
    return Result(output=Member(member=found), summary="is a member" if found else "is not a member")


def set_member(call: Call, params: Membership, directory: Directory, *, wanted: bool) -> Result:
    """Into a group or out of it. The undo is the action of the other way."""
    person, group = known(directory, params.username), directory.group(params.group)
    if group is None:
        raise Rejected("the directory has no such group", detail=f"group {params.group!r}")
    word = "a member" if wanted else "not a member"
    if directory.is_member(group, person) == wanted:
        return Result(output=Member(member=wanted), summary=f"was {word} already")
    if call.dry_run:
        return Result(output=Member(member=not wanted), changed=True, summary=f"would be {word}")
    directory.set_member(group, person, wanted=wanted)
    other = "remove_from_group" if wanted else "add_to_group"
    undo = UndoStep(uses=f"{call.instance.name}.{other}", with_=params.model_dump())
    now = directory.is_member(group, person)
    return Result(output=Member(member=now), changed=True, summary=f"is {word} now", undo=undo)


def set_enabled(call: Call, params: SetEnabled, directory: Directory) -> Result:
    """Enable or disable an account."""
    person = known(directory, params.username)
    word = "enabled" if params.enabled else "disabled"
    if person.state.enabled == params.enabled:
        return Result(output=Enabled(enabled=params.enabled), summary=f"the account was {word} already")
    if call.dry_run:
        return Result(output=Enabled(enabled=not params.enabled), changed=True, summary=f"would be {word}")
    directory.set_enabled(person, enabled=params.enabled)
    undo = UndoStep(
        uses=f"{call.instance.name}.set_enabled", with_={"username": params.username, "enabled": not params.enabled}
    )
    now = known(directory, params.username).state.enabled
    return Result(output=Enabled(enabled=now), changed=True, summary=f"the account is {word} now", undo=undo)


def set_password(call: Call, params: SetPassword, directory: Directory) -> Result:
    """Set a password out of a secret reference. One that an earlier try of this step set is left alone."""
    person = known(directory, params.username)
    done = person.state.must_change_password or not params.must_change
    if done and call.first_started is not None and _since(person.state.password_changed_at, call.first_started):
        return Result(output=_set(person), summary="an earlier try of this step had set the password")
    password = call.secret(params.password)
    if call.dry_run:
        return Result(output=_set(person), changed=True, summary="would set the password")
    directory.set_password(person, password, must_change=params.must_change)
    return Result(output=_set(known(directory, params.username)), changed=True, summary="set the password")


def revoke_sessions(call: Call, params: Account, directory: Directory) -> Result:
    """End every session of an account. One that an earlier try of this step ended is left alone."""
    person = known(directory, params.username)
    if call.first_started is not None and _since(person.signed_out_at, call.first_started):
        return Result(output=Revoked(since=person.signed_out_at), summary="an earlier try of this step had ended them")
    if call.dry_run:
        return Result(output=Revoked(since=person.signed_out_at), changed=True, summary="would end every session")
    directory.revoke_sessions(person)
    after = known(directory, params.username).signed_out_at
    return Result(output=Revoked(since=after), changed=True, summary="every session is over")


def unlock(call: Call, params: Account, directory: Unlocking) -> Result:
    """Open a locked account."""
    person = known(directory, params.username)
    if not person.state.locked:
        return Result(output=Unlocked(locked=False), summary="the account was not locked")
    if call.dry_run:
        return Result(output=Unlocked(locked=True), changed=True, summary="would unlock the account")
    directory.unlock(person)
    locked = known(directory, params.username).state.locked
    return Result(output=Unlocked(locked=locked), changed=True, summary="unlocked the account")


def known(directory: Directory, username: str) -> Person:
    """Somebody who is there. Raises `Rejected`."""
    person = directory.person(username)
    if person is None:
        raise Rejected("the directory has no such account", detail=f"user name {username!r}")
    return person


def _since(moment: dt.datetime | None, first: dt.datetime) -> bool:
    return moment is not None and moment >= first - GRAIN


def _set(person: Person) -> PasswordSet:
    state = person.state
    return PasswordSet(changed_at=state.password_changed_at, must_change_password=state.must_change_password)
