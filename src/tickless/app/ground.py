"""What everything of a house is put together on: its settings, databases, clock and engine."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from tickless.app.settings import Settings
from tickless.flow.dbos_engine import DbosEngine
from tickless.flow.engine import Engine
from tickless.flow.intake import Intake
from tickless.flow.regroup.force import InForce
from tickless.journal import Journal
from tickless.kit.clock import Clock

Role = Literal["all", "door", "worker"]


@dataclass(frozen=True)
class Ground:
    """`wake`: the intakes of this process, made after the rooms that wake them."""

    settings: Settings
    role: Role
    journal: Journal
    clock: Clock
    node: str
    engine: Engine
    in_force: InForce
    secret_values: Mapping[str, str]
    wake: list[Intake] = field(default_factory=list)

    def woken(self) -> None:
        """There is something new in the log."""
        for one in self.wake:
            one.wake()


def ground_of(
    settings: Settings, role: Role, clock: Clock, secret_values: Mapping[str, str], engine: Engine | None = None
) -> Ground:
    """Open the databases, with the newest schema. `engine`: a simulation's; else the durable one. Raises `Unreachable`."""
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    journal = Journal(main_url=settings.main_url, log_url=settings.log_url)
    journal.migrate()
    node = _node(settings)
    engine = engine or DbosEngine(journal, executor=node)
    return Ground(settings, role, journal, clock, node, engine, InForce(journal, clock), secret_values)


def _node(settings: Settings) -> str:
    """SQLite has one process, always the same node, so that it takes up its own work; on PostgreSQL each has its own."""
    if settings.database is None:
        return "main"
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
