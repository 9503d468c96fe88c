"""Settings of the web chat."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    longest_text: int = Field(default=8_000, ge=100, le=100_000)
    """Longer messages are refused, in characters."""
