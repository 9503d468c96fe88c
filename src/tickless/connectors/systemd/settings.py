"""Settings of one set of systemd units."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tickless.sdk.hosts import Hosts

UNIT = r"^[A-Za-z0-9][A-Za-z0-9:_.@\\-]*\.(service|socket|timer|target|path|mount)$"


class Unit(BaseModel):
    """A unit that runbooks may ask about and act on, by the name that the settings give it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str
    unit: str = Field(pattern=UNIT, max_length=200)


class Settings(Hosts):
    """`units`: name → where it is. No other unit is ever touched."""

    units: Mapping[str, Unit] = Field(min_length=1)
    scope: Literal["system", "user"] = "system"
    """`user`: the units of the account's own manager (`systemctl --user`)."""
    runtime_folder: str = Field(default="", pattern=r"^(/[A-Za-z0-9._/-]+)?$")
    """XDG_RUNTIME_DIR of the account, where signing in by SSH does not set it."""

    @model_validator(mode="after")
    def _hosts_are_there(self) -> Self:
        missing = sorted({unit.host for unit in self.units.values()} - set(self.hosts))
        if missing:
            raise ValueError(f"units name hosts that are not in `hosts`: {', '.join(missing)}")
        return self
