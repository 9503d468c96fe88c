"""Settings of one Request Tracker."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """`token` is the secret reference of an authentication token of our own RT user."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(pattern=r"^https?://[^@\s]+$")
    """RT's address, such as `https://rt.example`."""
    token: str
    user: str = Field(default="", max_length=200)
    """Name of our own RT user; empty: RT is asked whose token it is."""
    ca_file: str = ""
    """Certificates to trust instead of the system's."""
    queue: str = Field(default="General", min_length=1, max_length=200)
    """Where tickets go for which no other queue is named."""
    queues: dict[str, str] = Field(default_factory=dict)
    """Our name of a team → its queue."""
    priorities: tuple[int, int, int, int] = (100, 75, 50, 0)
    """RT's number for priority 1 (critical), 2, 3 and 4 (low)."""
    requestor: bool = True
    """Name the person as requestor: RT then writes them its own mails as well."""
    open_status: str = "open"
    pending_status: str = "stalled"
    resolved_status: str = "resolved"
    resolved_statuses: tuple[str, ...] = ("resolved", "rejected")
    """What counts as done. Everything that is neither done, pending nor closed counts as open."""
    closed_statuses: tuple[str, ...] = ("deleted",)
