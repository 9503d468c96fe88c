"""What became of a forecast: it came true, it did not, or something was done before. Pure.

It came true when the limit was measured to be met, whenever that was: that it was early or late is said. It did not when
all of its interval went by, or there was room again, without the limit being met and without anything being done.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tickless.domain.case import Outcome
from tickless.domain.foretold import Fate, Foretold
from tickless.domain.sighting import Point

MENDED: Final = frozenset({"verified", "confirmed", "assumed", "regressed"})
LATE: Final = 0.25
"""After its interval, so much of its length is still waited for news."""


@dataclass(frozen=True)
class Since:
    """What is known since it was said. `measured`: after it was said, any order. `acted`: something was changed because of it.
    `outcome`: of its case. `over_at`: when telemetry said that there is room again."""

    measured: Sequence[Point] = ()
    acted: bool = False
    outcome: Outcome | None = None
    over_at: dt.datetime | None = None


@dataclass(frozen=True)
class Became:
    fate: Fate
    at: dt.datetime
    told: str


def became(foretold: Foretold, since: Since, *, now: dt.datetime) -> Became | None:
    """What became of it; None while that is open."""
    met = min((one.at for one in since.measured if one.value >= foretold.limit), default=None)
    if met is not None:
        at = max(dt.datetime.fromtimestamp(met, dt.UTC), foretold.said_at)
        return Became("came_true", at, f"It came true: the limit was met at {_time(at)}, {_against(foretold, at)}.")
    if since.outcome == "prevented":
        return Became("prevented", now, "It was prevented: what was done broke the trend.")
    if since.acted or since.outcome in MENDED:
        if since.outcome is None and since.over_at is None:
            return None
        return Became(
            "acted", since.over_at or now, "Something was done before; nobody can say that it would have come."
        )
    if since.over_at is not None:
        return Became(
            "did_not", since.over_at, f"It did not come true: there was room again at {_time(since.over_at)}."
        )
    latest = _given_up_at(foretold)
    if latest is not None and now > latest:
        return Became(
            "did_not", now, f"It did not come true: foreseen {_interval(foretold)}, and the limit was not met."
        )
    return None


def _given_up_at(foretold: Foretold) -> dt.datetime | None:
    latest = foretold.crossing.latest
    if latest is None:
        return None
    return latest + max(dt.timedelta(0), latest - foretold.said_at) * LATE


def _against(foretold: Foretold, at: dt.datetime) -> str:
    earliest, latest = foretold.crossing.earliest, foretold.crossing.latest
    said = f"{_length(at - foretold.said_at)} after it was said"
    if earliest is None or latest is None:
        return said
    place = "inside" if earliest <= at <= latest else "before" if at < earliest else "after"
    return f"{said} and {place} the time foreseen ({_interval(foretold)})"


def _interval(foretold: Foretold) -> str:
    earliest, latest = foretold.crossing.earliest, foretold.crossing.latest
    if earliest is None or latest is None:
        return "for no sure time"
    return _time(earliest) if earliest == latest else f"between {_time(earliest)} and {_time(latest)}"


def _time(at: dt.datetime) -> str:
    return f"{at:%d %b %Y %H:%M} UTC"


def _length(span: dt.timedelta) -> str:
    """A length as people say it: `40 s`, `12 min`, `5 h`, `3 days`."""
    seconds = max(0.0, span.total_seconds())
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5_400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3_600:.0f} h" if seconds < 172_800 else f"{seconds / 86_400:.0f} days"
