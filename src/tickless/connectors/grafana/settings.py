"""Settings of one Grafana."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """Nothing has to be set. `severity_label`: the label or tag that says how severe an alert is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    severity_label: str = "severity"
    no_data_fires: bool = True
    """Whether a legacy alert without data is trouble; else it only informs."""
