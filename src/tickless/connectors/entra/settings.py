"""Settings of one Entra tenant."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """An app registration of the tenant; `client_secret` is a secret reference."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tenant: str = Field(pattern=r"^[A-Za-z0-9.-]+$")
    """The tenant's id or its domain."""
    client_id: str = Field(pattern=r"^[A-Za-z0-9-]+$")
    client_secret: str
    graph_url: str = Field(default="https://graph.microsoft.com/v1.0", pattern=r"^https?://[^@\s]+$")
    """Another cloud's, such as `https://graph.microsoft.us/v1.0`."""
    login_url: str = Field(default="https://login.microsoftonline.com", pattern=r"^https?://[^@\s]+$")
    scope: str = "https://graph.microsoft.com/.default"
