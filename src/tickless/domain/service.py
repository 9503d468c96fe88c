"""Nodes and edges of the service map."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field, field_validator

from tickless.domain.hours import read_hours
from tickless.domain.record import Record

Criticality = Literal[1, 2, 3, 4]
Environment = Literal["prod", "stage", "dev"]
Lifecycle = Literal["planned", "live", "retiring", "retired"]
UNSAID: Criticality = 3
"""What rules that need a number take where nobody has said how critical a service is. Impact stays unknown."""
SILENT = 0.2
"""Confidence below which an edge is hardly believed any more: nobody follows it."""


class Service(Record):
    """Something people rely on. `criticality`: 1 mission critical … 4 low; None while nobody has said."""

    version: Literal[1] = 1
    id: str
    name: str
    aliases: tuple[str, ...] = ()
    kind: Literal["business", "application", "platform", "infrastructure"] = "application"
    criticality: Criticality | None = None
    environment: Environment | None = None
    """None while nobody has said: then rules take it for `prod`."""
    owner: str | None = None
    team: str | None = None
    users: tuple[str, ...] = ()
    """Groups whose people use it."""
    description: str = ""
    system: str | None = None
    """What it is a part of, such as a product or an area."""
    supplier: str | None = None
    lifecycle: Lifecycle = "live"
    hours: str | None = None
    """When it has to work, as `Mon-Fri 08:00-18:00 Europe/Berlin`; None: nobody has said, so at any time."""

    @field_validator("hours")
    @classmethod
    def _readable(cls, given: str | None) -> str | None:
        if given:
            read_hours(given)
        return given or None


class Dependency(Record):
    """`service` needs `needs`. Each edge says where it comes from and how sure that is, now."""

    service: str
    needs: str
    source: str
    confidence: float = Field(ge=0, le=1, default=1.0)
    last_seen: AwareDatetime


class ConfigurationItem(Record):
    """A thing that a service runs on or consists of: a process, disk, certificate, pool, mailbox store."""

    id: str
    kind: str
    name: str
    service: str | None = None
    attributes: dict[str, str] = Field(default_factory=dict)


class Supplier(Record):
    """Who provides a service from outside, and how to reach them."""

    version: Literal[1] = 1
    id: str
    name: str
    contact: str = ""
    hours: str | None = None
    escalation: str = ""
    """Whom to turn to when they do not answer."""

    @field_validator("hours")
    @classmethod
    def _readable(cls, given: str | None) -> str | None:
        if given:
            read_hours(given)
        return given or None
