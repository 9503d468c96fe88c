"""Settings of one New Relic workflow."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """Nothing has to be set."""

    model_config = ConfigDict(frozen=True, extra="forbid")
