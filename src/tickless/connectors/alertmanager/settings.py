"""Settings of one Alertmanager."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """`url` is needed for probes and silences only; receiving alerts needs no setting at all."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = ""
    """Base URL, such as `http://alertmanager.internal:9093`."""
    token: str = ""
    """Secret reference of a bearer token, if a proxy in front asks for one."""
    ca_file: str = ""
    """Certificates to trust instead of the system's."""
    severity_label: str = "severity"
    created_by: str = Field(default="tickless", max_length=100)
    """Author of our silences."""
