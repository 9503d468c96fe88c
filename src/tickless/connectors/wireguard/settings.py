"""Settings of one WireGuard gateway."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from tickless.sdk.hosts import Hosts


class Settings(Hosts):
    """`hosts` names the gateway and nothing else."""

    interface: str = Field(default="wg0", pattern=r"^[A-Za-z][A-Za-z0-9_=+.-]{0,14}$")
    peers_file: str = Field(default="/etc/wireguard/peers.conf", pattern=r"^(/[A-Za-z0-9._-]+){2,}$")
    """The peers, which the gateway adds when it starts (`PostUp = wg addconf %i /etc/wireguard/peers.conf`)."""
    valid_days: int = Field(default=180, ge=1, le=3650)
    """How long a renewed profile is good."""
    quiet_seconds: int = Field(default=180, ge=30, le=86_400)
    """A peer whose last handshake is older has no tunnel: WireGuard makes a new one every two minutes of traffic."""

    @model_validator(mode="after")
    def _one_gateway(self) -> Self:
        if len(self.hosts) != 1:
            raise ValueError("name one host: the gateway")
        return self

    @property
    def gateway(self) -> str:
        return next(iter(self.hosts))
