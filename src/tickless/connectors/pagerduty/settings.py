"""Settings of one sender of PagerDuty events."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """Nothing has to be set. `host_is_source`: the event's `source` is a host name, as PagerDuty prefers it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host_is_source: bool = True
