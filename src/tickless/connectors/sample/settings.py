"""Settings of the sample company's connector."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

_LOOPBACK = r"^http://(127\.0\.0\.1|localhost|\[::1\]):\d{1,5}$"


class Settings(BaseModel):
    """The addresses change with every start; `Estate.connector_settings()` gives them. `token` is a secret reference."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    office_url: str = Field(pattern=_LOOPBACK)
    """Directory, devices, VPN, mail and phones."""
    keeper_url: str = Field(pattern=_LOOPBACK)
    """Processes, disks, certificates and pools."""
    token: str
    clean_up: tuple[str, ...] = ("/var", "/srv")
    """Mount points on which old logs may be deleted."""
    patience: float = Field(default=2.0, gt=0, le=60)
    """Seconds after which somebody who uses a service would give up waiting for it."""
