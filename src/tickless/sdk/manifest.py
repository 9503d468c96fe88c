"""`manifest.toml`: what a connector is, gives, needs and promises, readable without importing its code."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tickless.domain.errors import SettingsInvalid
from tickless.domain.runbook import Effect
from tickless.domain.signal import SignalKind

Tier = Literal["bronze", "silver", "gold", "proven"]
Gives = Literal["signals", "actions", "probes", "chat", "directory", "ticketing", "inventory", "notifications"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Scope(_Part):
    """A right the connector needs, and the reason."""

    name: str
    reason: str


class OperationPromise(_Part):
    """What an action or probe promises."""

    summary: str
    effect: Effect = "read"
    undo: str = ""
    """Name of the operation that takes it back, or `irreversible: why`. Empty for reads."""
    dry_run: bool = True
    idempotent: bool = True
    """Safe to run twice with the same key: it checks before it acts."""
    capability: str = ""
    """The vendor-neutral name it also answers to, such as `directory.unlock`."""


class ProvenOn(_Part):
    """The real product it ran against."""

    product: str
    version: str
    date: str


class Manifest(_Part):
    """One connector."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: str
    version: str
    tier: Tier
    owner: str
    summary: str
    gives: tuple[Gives, ...]
    auth: tuple[str, ...] = ()
    scopes: tuple[Scope, ...] = ()
    egress: tuple[str, ...] = ()
    """Hosts it talks to, as settings names (`settings.url`) or patterns; empty: it never calls out."""
    rate_limit_per_minute: int | None = None
    needs: tuple[str, ...] = ()
    """Python distributions beyond Tickless's own, e.g. the extra `ldap`."""
    kinds: tuple[SignalKind, ...] = ()
    """The kinds of signal that its receiver can yield: each has a fixture."""
    actions: dict[str, OperationPromise] = Field(default_factory=dict)
    probes: dict[str, OperationPromise] = Field(default_factory=dict)
    proven: tuple[ProvenOn, ...] = ()


def read_manifest(folder: Path) -> Manifest:
    """Read and check a folder's manifest. Raises `SettingsInvalid` with every problem."""
    path = folder / "manifest.toml"
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        manifest = Manifest.model_validate(data)
    except (OSError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise SettingsInvalid(f"the manifest of connector {folder.name!r} cannot be read", detail=str(error)) from error
    if manifest.id != folder.name:
        raise SettingsInvalid(f"connector folder {folder.name!r} has a manifest for {manifest.id!r}")
    return manifest
