"""Settings of one ServiceNow instance."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

TABLE = r"^[a-z][a-z0-9_]{2,60}$"


class Settings(BaseModel):
    """Either `user` and `password`, or `token` (an OAuth access token). `password` and `token` are secret references."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(pattern=r"^https?://[^@\s]+$")
    """The instance, such as `https://example.service-now.com`."""
    user: str = ""
    """Our own user name; beside a token it may be left out: ServiceNow is asked for it."""
    password: str = ""
    token: str = ""
    ca_file: str = ""
    """Certificates to trust instead of the system's."""
    incident_table: str = Field(default="incident", pattern=TABLE)
    request_table: str = Field(default="sc_request", pattern=TABLE)
    """Where requests go; may be the table of incidents."""
    groups: dict[str, str] = Field(default_factory=dict)
    """Our name of a team → its assignment group (name or sys_id). One that is not found is left to ServiceNow's rules."""
    default_group: str = ""
    """Assignment group where no other is named; empty: ServiceNow's own assignment rules."""
    close_code: str = "Solution provided"
    """Resolution code of an incident; the choices differ between instances."""
    hold_reason: str = "1"
    """On-hold reason of a pending incident; 1 is “awaiting caller”."""

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if bool(self.token) == bool(self.user and self.password):
            raise ValueError("give either `user` and `password`, or `token`")
        return self
