"""What an operator may set about telemetry."""

from __future__ import annotations

from pydantic import Field

from tickless.domain.record import Record
from tickless.stages.sense.forecast.limits import LimitRule
from tickless.stages.sense.heartbeats import SourceRule


class PullSettings(Record):
    """A Prometheus that is asked, instead of writing to us."""

    url: str = Field(pattern=r"^https?://[^\s]+$")
    """Its address, without `/api/v1`."""
    token: str | None = Field(default=None, pattern=r"^(env:[A-Za-z_][A-Za-z0-9_]*|file:/\S+)$")
    """Reference to a bearer token: `env:NAME` or `file:/path`; None: it wants none."""
    every: float = Field(default=60.0, ge=30)
    """Seconds between two rounds."""
    queries: dict[str, str] = Field(default_factory=dict, max_length=200)
    """Name of the metric here → PromQL that gives an instant vector or a scalar."""


class TelemetrySettings(Record):
    """Metrics, logs and traces that stream in, and how much is kept of them. A series costs about 2 kB."""

    enabled: bool = True
    """Take telemetry in at all."""
    series: int = Field(default=50_000, ge=1, le=5_000_000)
    """Series in all; more are refused, and told in `tickless doctor`."""
    series_of_source: int = Field(default=25_000, ge=1)
    """Series of one source."""
    alarms_per_week: float = Field(default=5.0, gt=0)
    """The budget of false alarms: how many anomalies a week all series together may raise by chance."""
    cold_after: float = Field(default=86_400.0, gt=0)
    """Seconds without a value after which a series is forgotten."""
    max_body: int = Field(default=20_000_000, gt=0)
    """Bytes of a request, unpacked."""
    forecasts: int = Field(default=500, ge=0, le=100_000)
    """Series with a limit of which a forecast is kept; about 90 kB each once their history is full."""
    act_days: float = Field(default=28.0, gt=0)
    """Days before a certificate or licence runs out at which something is done about it."""
    limits: tuple[LimitRule, ...] = Field(default=(), max_length=1_000)
    """Further metrics that have a limit, beside those that are known by convention."""
    rich_series: int = Field(default=50, ge=0, le=5_000)
    """Series that the rich detector looks at: service levels, then suspects; up to 0.8 MB each."""
    closely: tuple[str, ...] = Field(default=(), max_length=200)
    """Metrics of service levels, as names with `*`: always looked at closely, and missed when they are not sent."""
    service_level_label: str = "slo"
    """A label that says the same of a series, with the value `true`."""
    sources: dict[str, SourceRule] = Field(default_factory=dict)
    """Source (`otlp`, `prometheus`, or what a token is bound to) → its limit `per_minute` and its `heartbeat`."""
    pull: dict[str, PullSettings] = Field(default_factory=dict)
    """Source → a Prometheus to ask, by `url`, `queries` (name → PromQL), `every` (seconds) and `token` (a reference)."""
