"""Shapes of the service map, people, switches, the record and the numbers in the API."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pydantic import Field

from tickless.doors.api.case_schemas import CaseShown
from tickless.doors.api.schemas import Given, Reason, Shown


class ServiceShown(Shown):
    """Something people rely on."""

    id: str
    name: str
    kind: str
    criticality: int | None
    owner: str | None
    team: str | None
    description: str
    system: str | None
    supplier: str | None
    lifecycle: str
    hours: str | None


class EdgeShown(Shown):
    """`service` needs `needs`, and how we know."""

    service: str
    needs: str
    source: str
    confidence: float
    last_seen: dt.datetime


class ItemShown(Shown):
    """A configuration item."""

    id: str
    kind: str
    name: str


class MapShown(Shown):
    """The service map."""

    services: list[ServiceShown]
    dependencies: list[EdgeShown]


class ServiceWhole(Shown):
    """A service in its place: what it needs, what needs it, and whom its failure reaches."""

    service: ServiceShown
    needs: list[EdgeShown]
    needed_by: list[EdgeShown]
    reaches: list[str]
    """Every service that relies on it, directly or not."""
    groups: list[str]
    """Groups whose people use it or what relies on it."""
    people: int | None
    """How many people that is; null when nobody can say."""
    items: list[ItemShown]
    live_cases: list[CaseShown]


class PersonShown(Shown):
    """An employee, as far as an operator needs it to find the right one."""

    id: str
    username: str
    name: str
    email: str
    department: str
    title: str
    active: bool


class SwitchShown(Shown):
    """A brake."""

    name: str = Field(examples=["all", "freeze", "runbook:directory.unlock-account", "service:shop-web"])
    on: bool
    by: str
    reason: str
    at: dt.datetime


class SetSwitch(Given):
    """Pull or release a brake."""

    on: bool
    reason: Reason = Field(min_length=1)


class AuditShown(Shown):
    """Who did what to what; each row is hashed together with the hash of the row before it."""

    seq: int
    at: dt.datetime
    actor: str
    action: str
    subject: str
    case: str | None
    detail: dict[str, Any]
    """`[erased]` stands for what was said about somebody who was erased since."""
    previous: str
    hash: str
    dropped: bool = False
    """Whether retention took the detail away."""


class ChainShown(Shown):
    """What a walk along the whole record found."""

    ok: bool
    rows: int
    head: str
    broken_at: int | None
    problem: str
    checkpoints: int = 0
    """Signed checkpoints that the rows were held against."""
    signed_up_to: int = 0
    """Last row that such a checkpoint vouches for."""
    key: str = ""
    """Short name of the key that signs now."""
    dropped: int = 0
    """Rows whose detail retention took away."""


class NumbersShown(Shown):
    """The first numbers."""

    cases: int
    live: int
    doors: dict[str, int]
    outcomes: dict[str, int]
    seconds_to_verified: dict[str, float | None]
    minutes_saved: float
    waiting_for_approval: int


class CheckShown(Shown):
    """One line of the doctor."""

    check: str
    ok: bool
    detail: str
    mend: str


class NeedShown(Shown):
    """Something that waits for people. `words` follow upon the number."""

    count: int
    words: str
    link: str = Field(description="Its page in the console")
    mine: bool = Field(description="It waits for whoever asks")
