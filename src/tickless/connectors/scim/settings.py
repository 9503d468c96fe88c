"""Settings of one SCIM service."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """`token` is the secret reference of a bearer token."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(pattern=r"^https?://[^@\s]+$")
    """Base URL, such as `https://idp.example/scim/v2`."""
    token: str
    ca_file: str = ""
    """Certificates to trust instead of the system's."""
    group_attribute: str = Field(default="displayName", pattern=r"^[A-Za-z][A-Za-z0-9]*$")
    """What names a group."""
