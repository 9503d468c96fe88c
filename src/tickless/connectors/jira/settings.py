"""Settings of one Jira."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """`token` is the secret reference of an API token (Cloud, with `user`) or of a personal access token (Data Center)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(pattern=r"^https?://[^@\s]+$")
    """The site, such as `https://example.atlassian.net`."""
    flavour: Literal["cloud", "data_center"] = "cloud"
    user: str = ""
    """Address of the account that the API token belongs to; empty: the token is sent as a bearer token."""
    token: str
    ca_file: str = ""
    """Certificates to trust instead of the system's."""
    project: str = Field(pattern=r"^[A-Z][A-Z0-9_]{1,20}$")
    incident_type: str = "[System] Incident"
    request_type: str = "[System] Service request"
    """Names of the issue types."""
    priorities: tuple[str, str, str, str] = ("Highest", "High", "Medium", "Low")
    """Names of priority 1 (critical), 2, 3 and 4 (low)."""
    group_field: str = Field(default="", pattern=r"^(customfield_\d+|components|)$")
    """Where the team goes: a custom field of kind text or select, or `components`; empty: nowhere."""
    groups: dict[str, str] = Field(default_factory=dict)
    """Our name of a team → its name there."""
    portal_field: str = Field(default="", pattern=r"^(customfield_\d+|)$")
    """The field “Request Type”; with it tickets show up in the portal."""
    portal_incident: str = ""
    portal_request: str = ""
    """Values of that field, such as `it/report-a-system-problem`."""
    reporter: bool = True
    """Name the person as reporter, where Jira knows their address."""
    pending_statuses: tuple[str, ...] = ("Waiting for customer", "Pending")
    closed_statuses: tuple[str, ...] = ("Closed", "Canceled")
    """Statuses that count as pending, and as closed for good; others go by their category."""
    resolution: str = "Done"
    """Resolution to give where the transition asks for one."""
    settle_seconds: float = Field(default=20.0, ge=0, le=300)
    """How long Jira's search may take to show a new issue: a creation that was cut off is not tried again before."""
    webhook_secret: str = ""
    """Secret reference of the webhook's secret; without one, what a webhook posts is refused."""
