"""Settings of one authoritative name server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from tickless.sdk.capabilities.dns import NAME, RecordType


class Zone(BaseModel):
    """What may be changed in a zone: which types, and which names below it (`*`: all)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    types: tuple[RecordType, ...] = ("A", "AAAA", "CNAME", "TXT")
    names: tuple[str, ...] = ()
    """Names relative to the zone as they are written, or patterns such as `*.dev`. None: nothing may be changed."""


class Settings(BaseModel):
    """The zones' primary server, and the key that signs updates; `secret` is the secret reference of its base64."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    server: str = Field(pattern=r"^[0-9a-fA-F.:]{2,45}$")
    """Its IP address: a name would have to be looked up first."""
    port: int = Field(default=53, ge=1, le=65535)
    zones: Mapping[str, Zone] = Field(min_length=1)
    key_name: str = Field(pattern=NAME)
    secret: str
    algorithm: Literal["hmac-sha256", "hmac-sha384", "hmac-sha512"] = "hmac-sha256"
    default_ttl: int = Field(default=300, ge=1, le=86_400)
