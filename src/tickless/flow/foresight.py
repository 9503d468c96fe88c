"""What telemetry foresees, for the story of a case: noted before anything is done, measured again afterwards."""

from __future__ import annotations

import datetime as dt

from tickless.domain.case import Case
from tickless.domain.sighting import Point, Sighting
from tickless.stages.sense.forecast.limits import kinds_of_class
from tickless.stages.sense.telemetry.focus.overlooking import Overlook


class Foresight:
    """`overlook`: of this process' telemetry; None where there is none."""

    def __init__(self) -> None:
        self.overlook: Overlook | None = None

    def of(self, case: Case, *, now: dt.datetime) -> Sighting | None:
        """What is foreseen at this moment of what a case is about, to be noted before something is done about it."""
        if self.overlook is None or case.kind != "risk" or case.subject is None or case.need is None:
            return None
        kinds = kinds_of_class(case.need)
        return self.overlook.foresee(case.subject, kinds, now=now) if kinds else None

    def measured(self, series: str, *, since: dt.datetime) -> list[Point]:
        """What was measured of a series after that time."""
        return [] if self.overlook is None else self.overlook.measured(series, since=since.timestamp())
