"""Settings of one Okta organisation."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """`token` is the secret reference of an API token."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(pattern=r"^https?://[^@\s/]+$")
    """The organisation, such as `https://example.okta.com`."""
    token: str
