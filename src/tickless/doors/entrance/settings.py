"""What an operator may set about the entrance."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from tickless.doors.entrance.oidc_settings import OidcSettings
from tickless.journal.access import Role

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1", "[::1]"})
MEGABYTE = 1_000_000


class EntranceSettings(BaseModel):
    """Defaults suit one machine; `hosts` must name every other name the house is reached by."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hosts: tuple[str, ...] = ()
    """Names accepted in the Host header besides loopback, without port."""
    session_hours: float = Field(default=12.0, gt=0, le=720)
    """After so long a session ends, in use or not."""
    idle_minutes: float = Field(default=120.0, gt=0, le=43_200)
    """And after so long out of use."""
    passwords: bool = True
    """Whether people may sign in with a password of this house; off where an identity provider does it. Break-glass accounts
    always may."""
    oidc: OidcSettings | None = None
    """The identity provider."""
    scim_groups: dict[str, tuple[Role, ...]] = Field(default_factory=dict)
    """Group of the provisioning directory (SCIM), by its name → roles of its members' accounts."""
    link_minutes: float = Field(default=10.0, gt=0, le=1_440)
    """How long a one-time sign-in link works."""
    tries: int = Field(default=5, ge=1)
    """Wrong passwords per login and address before the back-off begins."""
    tries_per_address: int = Field(default=50, ge=1)
    """Wrong passwords per address over all logins before the back-off begins."""
    requests_per_minute: int = Field(default=6_000, ge=0, le=10_000_000)
    """What one account, or one token, may ask for in a minute, all at once if need be; more is answered with 429 and
    `Retry-After`. 0: as much as it likes. For each process; receivers of signals have their sources' own limits."""
    max_body: int = Field(default=MEGABYTE, gt=0)
    """Bytes a request may carry."""
    max_hook_body: int = Field(default=5 * MEGABYTE, gt=0)
    """Bytes a sender may post to a receiver."""

    def trusts(self, host: str) -> bool:
        """Is this name (without port) one of ours?"""
        return host in LOOPBACK_NAMES or host in {name.lower() for name in self.hosts}
