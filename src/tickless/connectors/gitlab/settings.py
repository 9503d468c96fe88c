"""Settings of one GitLab."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field

PROJECT = r"^[A-Za-z0-9_.-]{1,100}(/[A-Za-z0-9_.-]{1,100}){1,20}$"


class Deployed(BaseModel):
    """Where a service is deployed from: a project, and the environment that its users see."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    project: str = Field(pattern=PROJECT)
    environment: str = Field(default="production", min_length=1, max_length=255)


class Settings(BaseModel):
    """`token` and `webhook_token` are secret references."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(default="https://gitlab.com", pattern=r"^https?://[^@\s]+$")
    token: str = ""
    webhook_token: str = ""
    """Compared with what comes in as `X-Gitlab-Token`."""
    ca_file: str = ""
    """Certificates to trust instead of the system's."""
    projects: tuple[str, ...] = ()
    """Projects whose pipelines may be run again. None: nothing is run again."""
    services: Mapping[str, Deployed] = Field(default_factory=dict)
    """Name of a service → where it is deployed from. Only these are rolled back."""
