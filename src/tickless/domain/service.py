"""Nodes and edges of the service map."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field

from tickless.domain.record import Record

Criticality = Literal[1, 2, 3, 4]


class Service(Record):
    """Something people rely on. `criticality`: 1 mission critical … 4 low."""

    version: Literal[1] = 1
    id: str
    name: str
    aliases: tuple[str, ...] = ()
    kind: Literal["business", "application", "platform", "infrastructure"] = "application"
    criticality: Criticality = 3
    owner: str | None = None
    team: str | None = None
    users: tuple[str, ...] = ()
    """Groups whose people use it."""
    description: str = ""


class Dependency(Record):
    """`service` needs `needs`. Each edge says where it comes from and how sure that is."""

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
