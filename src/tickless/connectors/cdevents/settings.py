"""Settings: which kinds of ticket are trouble."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from tickless.domain.signal import Severity


class Settings(BaseModel):
    """Nothing has to be set. `incident_severity`: of an incident, whose event says none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    incident_severity: Severity = "error"
    ticket_types: tuple[str, ...] = ("incident", "bug", "outage")
    """Tickets of these types are trouble while they are open; all others only inform."""
