"""People, their groups, and the devices and apps that go with them."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field

from tickless.domain.record import Record


class Person(Record):
    """An employee as the organisation knows them."""

    version: Literal[1] = 1
    id: str
    username: str
    name: str
    nicknames: tuple[str, ...] = ()
    email: str
    phone: str | None = None
    """Registered second channel for one-time codes."""
    department: str
    title: str = ""
    location: str = ""
    manager: str | None = None
    employment: Literal["employee", "contractor", "service"] = "employee"
    groups: tuple[str, ...] = ()
    active: bool = True
    privileged: bool = False
    """Holds administrative rights: stricter policies apply."""
    belongs_to: str | None = None
    """Id or user name of the one whose second or service account this is: what they may not do, it may not do either."""


class Device(Record):
    """A laptop, phone or other endpoint that somebody uses."""

    id: str
    tag: str
    kind: str
    model: str
    owner: str | None = None
    issued: AwareDatetime | None = None
    """When the owner got it: `my new laptop` is the one issued last."""


class App(Record):
    """An application people can be given: what group grants it, which package installs it, and who must approve."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    group: str | None = None
    """Directory group that grants access; None if access isn't granted by a group."""
    package: str | None = None
    """Package name at the endpoint manager; None if nothing is installed."""
    approval: Literal["none", "manager", "owner"] = "none"
    owner: str | None = None
    departments: tuple[str, ...] = Field(default=())
    """Departments that are eligible; empty means everybody."""
    licensed: bool = False


class Delegation(Record):
    """Somebody who may ask on behalf of somebody else, for a while. Policy says what that is good for."""

    version: Literal[1] = 1
    id: str
    person: str
    """Who is stood in for."""
    delegate: str
    since: AwareDatetime
    until: AwareDatetime
    by: str
    note: str = ""
    approves: bool = False
    """May they also answer what the other is asked to approve?"""

    def holds(self, now: AwareDatetime) -> bool:
        """From `since` on, until before `until`."""
        return self.since <= now < self.until


class PersonChange(Record):
    """A change of a record by which people prove who they are. A fresh one makes fraud likelier."""

    version: Literal[1] = 1
    id: str
    person: str
    kind: Literal["phone", "device"]
    at: AwareDatetime
