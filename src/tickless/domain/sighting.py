"""A sighting: what telemetry saw of one series around an anomaly or a forecast, with words and the points of its picture."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field

from tickless.domain.record import Record, Untrusted

SightingKind = Literal["anomaly", "forecast", "missing"]
Basis = Literal["calibrated", "trend", "calendar"]
"""How sure a forecast's interval is: its band held what it promised on this very series · the spread of the slopes of what was
measured lately · a date that stands written down."""
Said = Literal["useful", "noise"]


class Point(Record):
    """A value at a time (seconds since 1970), and the band it was expected in, where one was known."""

    at: float
    value: float
    low: float | None = None
    high: float | None = None


class Ahead(Record):
    """What is forecast for a time: the middle, and the band that holds nine values in ten."""

    at: float
    middle: float
    low: float
    high: float


class Crossing(Record):
    """When the limit is met: as forecast, and between when and when nine times in ten. None: not within what is looked at."""

    likely: AwareDatetime | None = None
    earliest: AwareDatetime | None = None
    latest: AwareDatetime | None = None

    @property
    def sure(self) -> bool:
        """Whether the whole interval lies within what is looked at."""
        return self.earliest is not None and self.latest is not None


class Sighting(Record):
    """One episode of one series. `points` oldest first, few enough to draw; `unit` as people write it behind a number."""

    version: Literal[1] = 1
    id: str
    fingerprint: str
    """Of its signals."""
    series: str
    """The series' own fingerprint."""
    subject: str | None = None
    """What a forecast is about, as cases have it: `ci:edge-1:/var`."""
    kind: SightingKind
    what: str = ""
    """Kind of limit: `disk`, `certificate` …"""
    source: str
    name: Untrusted
    """The series as people of Prometheus write it."""
    text: Untrusted
    unit: str = ""
    at: AwareDatetime
    updated_at: AwareDatetime
    over_at: AwareDatetime | None = None
    marked: tuple[float, ...] = ()
    """Times that stand out."""
    points: tuple[Point, ...] = ()
    limit: float | None = None
    ahead: tuple[Ahead, ...] = ()
    crossing: Crossing | None = None
    basis: Basis | None = None


class Answer(Record):
    """What a person said of a series' alarms. One that was taken back counts no more."""

    version: Literal[1] = 1
    id: str
    series: str
    said: Said
    by: str
    at: AwareDatetime
    case: str | None = None
    undone_by: str | None = None
    undone_at: AwareDatetime | None = None


class Argument(Record):
    """Whether a risk was prevented: the sentences for and against, in order. `holds`: every one that it takes is true."""

    holds: bool
    lines: tuple[str, ...] = Field(default=())
