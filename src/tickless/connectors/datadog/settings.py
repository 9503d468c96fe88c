"""Settings of one Datadog webhook."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from tickless.domain.signal import SignalState


class Settings(BaseModel):
    """Nothing has to be set."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    no_data: SignalState = "firing"
    """What it means when a monitor has no data."""
