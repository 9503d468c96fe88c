"""Settings of one Nagios or Icinga."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from tickless.kit.zones import zones


def _known(zone: str) -> str:
    if zone not in zones():
        raise ValueError(f"{zone!r} is no time zone; write one such as Europe/Berlin")
    return zone


class Settings(BaseModel):
    """Nothing has to be set."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    zone: Annotated[str, AfterValidator(_known)] = "UTC"
    """Time zone of its times without an offset. The commands that ship send seconds since 1970, which need none."""
