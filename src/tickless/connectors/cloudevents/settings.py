"""Settings: which event types mean what."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from tickless.domain.signal import Severity, SignalKind, SignalState


class Meaning(BaseModel):
    """Events whose type starts with `type` are of this kind and state. The first that fits counts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: str = Field(min_length=1)
    kind: SignalKind
    state: SignalState = "info"
    severity: Severity | None = None
    about: str = ""
    """What stands for the type in the fingerprint: the same word for trouble and its end makes them about one thing."""


CDEVENTS = (
    Meaning(type="dev.cdevents.incident.resolved", kind="alert", state="resolved"),
    Meaning(type="dev.cdevents.incident.", kind="alert", state="firing", severity="error"),
    Meaning(type="dev.cdevents.service.", kind="deploy"),
    Meaning(type="dev.cdevents.environment.", kind="change"),
    Meaning(type="dev.cdevents.change.", kind="change"),
)


class Settings(BaseModel):
    """`meanings` come before the built-in ones for CDEvents; any other type is an alert that only informs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    meanings: tuple[Meaning, ...] = ()

    def meaning_of(self, event_type: str) -> Meaning | None:
        """The first meaning whose type this one starts with."""
        return next((each for each in (*self.meanings, *CDEVENTS) if event_type.startswith(each.type)), None)
