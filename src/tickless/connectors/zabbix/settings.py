"""Settings of one Zabbix."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from tickless.kit.zones import zones


def _known(zone: str) -> str:
    if zone not in zones():
        raise ValueError(f"{zone!r} is no time zone; write one such as Europe/Berlin")
    return zone


class Settings(BaseModel):
    """Nothing has to be set where Zabbix is 7.0 or newer, or runs in UTC."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    zone: Annotated[str, AfterValidator(_known)] = "UTC"
    """Time zone of the Zabbix user that the media belongs to: `{EVENT.DATE}` and `{EVENT.TIME}` have no offset."""
