"""A connector is a folder; an *instance* is one configured use of it, with a name, settings and secrets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from tickless.domain.tool_effect import ToolEffect
from tickless.sdk.egress import Egress
from tickless.sdk.manifest import Manifest
from tickless.sdk.operations import Operation
from tickless.sdk.receiving import Receiver
from tickless.sdk.secrets import Secrets


@dataclass(frozen=True)
class Connector:
    """What the registry loaded from a folder: the manifest and the code behind it."""

    manifest: Manifest
    folder: Path
    settings: type[BaseModel]
    operations: dict[str, Operation] = field(default_factory=dict)
    receiver: Receiver | None = None
    listener: Any = None
    """A `sdk.listening.Listener`, if it listens by itself (that module imports this one)."""


@dataclass(frozen=True)
class Instance:
    """One configured use of a connector. `name` is what runbooks and sources call it."""

    name: str
    connector: Connector
    settings: Any
    secrets: Secrets
    egress: Egress = field(default_factory=lambda: Egress("nobody", anywhere=True))
    """Where it may call; `make_instance` says so, by its settings and its manifest."""
    said: Callable[[], Mapping[str, ToolEffect]] = dict
    """What people have said of the tools that its server offers, by the tool's name: read anew at each call."""


@dataclass(frozen=True)
class Call:
    """Everything an operation may know about the moment it runs in."""

    instance: Instance
    key: str
    """Idempotency key, `run:step`: the same key must not have its effect twice."""
    now: dt.datetime
    timeout: float
    """Seconds it may take. Pass it to the client; never wait longer."""
    dry_run: bool = False
    """True: read as much as you like, change nothing, and return what would change."""
    first_started: dt.datetime | None = None
    """When an earlier try of this key began, if one did: check before acting again."""

    @property
    def settings(self) -> Any:
        return self.instance.settings

    def secret(self, reference: str) -> str:
        """The value behind a reference (`env:NAME`, `file:/path`, `vault:…`). Never put it in a result or an error."""
        return self.instance.secrets.reveal(reference)
