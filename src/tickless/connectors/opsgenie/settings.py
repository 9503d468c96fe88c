"""Settings of one sender of Opsgenie alerts."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from tickless.domain.signal import Severity

PRIORITIES: dict[str, Severity] = {"P1": "critical", "P2": "error", "P3": "warning", "P4": "info", "P5": "info"}


class Settings(BaseModel):
    """Nothing has to be set. `priorities`: how severe an alert of that priority is; without one an alert is P3."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    priorities: dict[str, Severity] = Field(default_factory=lambda: dict(PRIORITIES))
