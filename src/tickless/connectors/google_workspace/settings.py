"""Settings of one Google Workspace."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """A service account with domain-wide delegation; `key` is the secret reference of its key file's JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    """`file:/…` of the JSON that Google gave out for the service account."""
    acts_as: str = Field(pattern=r"^[^@\s]+@[^@\s]+$")
    """The administrator whose narrow role it works under."""
    api_url: str = Field(default="https://admin.googleapis.com", pattern=r"^https?://[^@\s]+$")
    token_url: str = Field(default="https://oauth2.googleapis.com/token", pattern=r"^https?://[^@\s]+$")
    scopes: tuple[str, ...] = (
        "https://www.googleapis.com/auth/admin.directory.user",
        "https://www.googleapis.com/auth/admin.directory.user.security",
        "https://www.googleapis.com/auth/admin.directory.group.member",
        "https://www.googleapis.com/auth/admin.directory.group.readonly",
    )
