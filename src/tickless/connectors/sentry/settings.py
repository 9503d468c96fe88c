"""Settings of one Sentry integration."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from tickless.domain.signal import SignalState


class Settings(BaseModel):
    """Without `client_secret` nothing is taken: Sentry signs what it sends."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    client_secret: str = ""
    """Secret reference of the integration's client secret."""
    errors: SignalState = "info"
    """What every single error event means; issues and alerts fire anyway."""
    skew_seconds: float = Field(default=900, gt=0, le=86_400)
    """How far Sentry's clock may be from ours."""
