"""Parameters and answers of the operations on an Alertmanager."""

from __future__ import annotations

from pydantic import Field

from tickless.sdk import Output, Params


class Labels(Params):
    """Alerts that carry all of these labels with these very values."""

    labels: dict[str, str] = Field(min_length=1, max_length=20)


class ActiveAlerts(Output):
    """`active`: at least one alert fires and is neither silenced nor inhibited. `silenced` counts the hidden ones."""

    active: bool
    count: int
    silenced: int = 0


class NewSilence(Labels):
    """`minutes` from now; `reason` and `owner` stand in the silence's comment."""

    minutes: float = Field(gt=0, le=10_080)
    reason: str = Field(min_length=3, max_length=500)
    owner: str = Field(min_length=1, max_length=100)


class SilenceId(Params):
    silence_id: str = Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9-]+$")


class Silence(Output):
    """`silence_id` is empty in a dry run of a silence that does not exist yet."""

    silence_id: str
    active: bool
