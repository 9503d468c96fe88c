"""What an operator may set about the entrance."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1", "[::1]"})
MEGABYTE = 1_000_000


class EntranceSettings(BaseModel):
    """Defaults suit one machine; `hosts` must name every other name the house is reached by."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hosts: tuple[str, ...] = ()
    """Names accepted in the Host header besides loopback, without port."""
    session_hours: float = Field(default=12.0, gt=0, le=720)
    link_minutes: float = Field(default=10.0, gt=0, le=1_440)
    """How long a one-time sign-in link works."""
    tries: int = Field(default=5, ge=1)
    """Wrong passwords per login and address before the back-off begins."""
    tries_per_address: int = Field(default=50, ge=1)
    """Wrong passwords per address over all logins before the back-off begins."""
    max_body: int = Field(default=MEGABYTE, gt=0)
    """Bytes a request may carry."""
    max_hook_body: int = Field(default=5 * MEGABYTE, gt=0)
    """Bytes a sender may post to a receiver."""

    def trusts(self, host: str) -> bool:
        """Is this name (without port) one of ours?"""
        return host in LOOPBACK_NAMES or host in {name.lower() for name in self.hosts}
