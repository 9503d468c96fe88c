"""Settings of one Prometheus."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """`token` is a secret reference; empty: none is sent."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(pattern=r"^https?://[^@\s]+$")
    """Such as `http://prometheus.example.com:9090`."""
    token: str = ""
    ca_file: str = ""
    service_labels: tuple[str, ...] = Field(default=("service", "app", "app_kubernetes_io_name"), max_length=20)
    """Labels that name the service, the first that a target has; `job` where it has none of them."""
    team_labels: tuple[str, ...] = ("team", "owner")
    leave: tuple[str, ...] = ("prometheus", "alertmanager", "node", "node-exporter", "blackbox", "pushgateway")
    """Jobs that watch and are no services themselves, where no label names one: their instances are items all the same."""
