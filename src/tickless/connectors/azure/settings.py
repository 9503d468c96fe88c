"""Settings of one Azure Monitor action group."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from tickless.domain.signal import Severity

SEVERITIES: dict[str, Severity] = {
    "sev0": "critical", "sev1": "error", "sev2": "warning", "sev3": "info", "sev4": "info",
}  # fmt: skip


class Settings(BaseModel):
    """Nothing has to be set."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    severities: dict[str, Severity] = Field(default_factory=dict)
    """What `Sev0` to `Sev4` mean here, where it is not critical, error, warning, info, info."""

    def severity_of(self, said: str) -> Severity | None:
        own = {name.lower(): severity for name, severity in self.severities.items()}
        return own.get(said.lower()) or SEVERITIES.get(said.lower())
