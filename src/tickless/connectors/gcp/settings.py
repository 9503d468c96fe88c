"""Settings of one Google Cloud Monitoring webhook."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from tickless.domain.signal import Severity


class Settings(BaseModel):
    """Nothing has to be set."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    severity: Severity = "error"
    """Of an incident whose policy states none."""
