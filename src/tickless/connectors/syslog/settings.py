"""Settings of one syslog listener, and of what its messages mean."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from tickless.kit.zones import zones

Level = Literal["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"]
LEVELS: tuple[Level, ...] = ("emerg", "alert", "crit", "err", "warning", "notice", "info", "debug")


def _pattern(source: str) -> str:
    try:
        re.compile(source)
    except re.error as error:
        raise ValueError(f"{source!r} is no regular expression: {error}") from error
    return source


def _network(text: str) -> str:
    return str(ipaddress.ip_network(text, strict=False))


def _one_address(text: str) -> str:
    if ipaddress.ip_address(text).is_unspecified:
        raise ValueError("name the one address to listen at, not all of them")
    return text


def _zone(name: str) -> str:
    if name not in zones():
        raise ValueError(f"{name!r} is no time zone; write one such as Europe/Berlin")
    return name


class Pair(BaseModel):
    """Two messages that belong together: one says that a trouble began, the other that it is over.

    Regular expressions, looked for in the message. What both have in brackets `(…)` tells one trouble from another.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=60)
    fires: Annotated[str, AfterValidator(_pattern)]
    resolves: Annotated[str, AfterValidator(_pattern)]


_INTERFACE, _NEIGHBOUR = r"Interface ([^,\s]{1,80}), changed state to ", r"neighbor ([0-9A-Fa-f.:]{2,45}) .{0,80}"
PAIRS = (
    Pair(name="link", fires=rf"{_INTERFACE}down\b", resolves=rf"{_INTERFACE}up\b"),
    Pair(name="neighbour", fires=rf"{_NEIGHBOUR}\b(?:Down|DOWN)\b", resolves=rf"{_NEIGHBOUR}\b(?:Up|UP)\b"),
)
"""Interfaces and routing neighbours, as routers tell of them."""


class Settings(BaseModel):
    """No port: nothing listens. Messages of a trusted relay may come by `/hooks/NAME` as well."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: Annotated[str, AfterValidator(_one_address)] = "127.0.0.1"
    """The one address to listen at."""
    udp_port: int | None = Field(default=None, ge=0, le=65_535)
    tcp_port: int | None = Field(default=None, ge=0, le=65_535)
    tls_port: int | None = Field(default=None, ge=0, le=65_535)
    certificate: str = ""
    """PEM file of the listener's certificate, for `tls_port`."""
    private_key: str = ""
    """PEM file of its key."""
    client_ca: str = ""
    """PEM file: only clients with a certificate of these authorities may connect by TLS."""
    senders: tuple[Annotated[str, AfterValidator(_network)], ...] = ("127.0.0.0/8", "::1/128")
    """Networks whose messages are taken; of UDP the sender's address can be forged."""
    fires_at: Level = "crit"
    """Messages this grave, or graver, fire."""
    keep_from: Level = "warning"
    """Messages this grave, or graver, are kept as information; others are left out."""
    pairs: tuple[Pair, ...] = PAIRS
    """Messages that belong together, whatever their level."""
    zone: Annotated[str, AfterValidator(_zone)] = "UTC"
    """Of times without an offset (RFC 3164)."""
    largest: int = Field(default=8_192, ge=480, le=65_535)
    """Bytes of a message that are read; the rest is cut off."""
    most_waiting: int = Field(default=10_000, ge=100, le=1_000_000)
    """Messages that wait to be stored. Beyond that TCP waits, and UDP is lost, which is counted."""
    most_connections: int = Field(default=100, ge=1, le=10_000)

    @model_validator(mode="after")
    def _complete(self) -> Settings:
        if self.tls_port is not None and not (self.certificate and self.private_key):
            raise ValueError("TLS needs `certificate` and `private_key`")
        return self

    @property
    def listens(self) -> bool:
        return any(port is not None for port in (self.udp_port, self.tcp_port, self.tls_port))
