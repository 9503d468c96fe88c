"""Settings of one GitHub organisation or user."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field

REPOSITORY = r"^[A-Za-z0-9-]{1,39}/[A-Za-z0-9._-]{1,100}$"


class RollBack(BaseModel):
    """A workflow that rolls a service back, started by hand (`workflow_dispatch`) with inputs that the settings fix."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    repository: str = Field(pattern=REPOSITORY)
    workflow: str = Field(pattern=r"^[A-Za-z0-9._-]+\.ya?ml$")
    """Its file's name."""
    ref: str = Field(default="main", pattern=r"^[A-Za-z0-9._/-]+$")
    inputs: Mapping[str, str] = Field(default_factory=dict)
    environment: str = Field(default="production", min_length=1, max_length=255)
    """Of the deployments that say what is live."""
    step_input: str = Field(default="tickless_step", pattern=r"^[A-Za-z_][A-Za-z0-9_-]*$")
    """The input that gets the step's key. The workflow shows it in its `run-name`, so that a repeated try is known."""


class Settings(BaseModel):
    """`token` and `webhook_secret` are secret references."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    api_url: str = Field(default="https://api.github.com", pattern=r"^https?://[^@\s]+$")
    """Of GitHub Enterprise Server: `https://HOST/api/v3`."""
    token: str = ""
    webhook_secret: str = ""
    """Checked on what comes in, as `X-Hub-Signature-256`."""
    repositories: tuple[str, ...] = ()
    """Repositories whose workflow runs may be run again. None: nothing is run again."""
    roll_backs: Mapping[str, RollBack] = Field(default_factory=dict)
    """Name of a service → the workflow that rolls it back."""
