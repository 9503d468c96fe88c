"""Whether a risk was prevented: what was foreseen before the action, held against what was measured after it. Pure.

It takes all of it: a forecast made before anything was changed; an interval for the crossing that lies wholly ahead; an action
before that interval is over; a measure afterwards that lies outside of the band that the forecast held for that moment, on the
good side of its limit. (Causal impact by prediction: Brodersen et al., 2015, reduced to the band of one forecast.)
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tickless.domain.sighting import Ahead, Argument, Basis, Crossing

_BY: Final[dict[Basis, str]] = {
    "calibrated": "a forecast whose band has held what it promised",
    "trend": "the slope of what was measured lately, nine in ten",
    "calendar": "a date that stands written down",
}
STALLED: Final = 0.5
"""Below this share of the least way foreseen, the course had broken by itself."""
NO_FORECAST: Final = "Nothing was foreseen before the action, so nothing shows what would have happened without it."


@dataclass(frozen=True)
class Foreseen:
    """A forecast: when it was made, the limit, the paths, and when the limit is met."""

    made_at: dt.datetime
    limit: float
    ahead: Sequence[Ahead]
    crossing: Crossing
    basis: Basis
    unit: str = ""


@dataclass(frozen=True)
class Measured:
    """A value at a time, and by what it was read."""

    at: dt.datetime
    value: float
    by: str


def argue(
    foreseen: Foreseen | None, *, acted_at: dt.datetime, ended_at: dt.datetime, measured: Sequence[Measured]
) -> Argument:
    """The argument, with its sentences. `acted_at`, `ended_at`: when the first change began and the last one was done."""
    if foreseen is None or foreseen.made_at > acted_at:
        return Argument(holds=False, lines=(NO_FORECAST,))
    found, lines = foreseen.crossing, []
    if found.earliest is None or found.latest is None or found.likely is None:
        said = "What was foreseen before the action does not surely meet its limit: it might never have come to it."
        return Argument(holds=False, lines=(said,))
    interval = f"between {_time(found.earliest)} and {_time(found.latest)}"
    lines.append(
        f"Foreseen at {_time(foreseen.made_at)} by {_BY[foreseen.basis]}: the limit would have been met {interval}."
    )
    if acted_at >= found.latest:
        lines.append(f"The action began at {_time(acted_at)}, after that: nothing shows that it was still ahead.")
        return Argument(holds=False, lines=tuple(lines))
    lines.append(f"The action began at {_time(acted_at)}, before that was over.")
    before = [one for one in measured if foreseen.made_at < one.at <= acted_at]
    if before and _stalled(foreseen, before[-1]):
        lines.append("But the course had broken already before the action.")
        return Argument(holds=False, lines=tuple(lines))
    after = [one for one in measured if one.at > ended_at]
    if not after:
        lines.append("Nothing was measured after it yet.")
        return Argument(holds=False, lines=tuple(lines))
    last = after[-1]
    low = _low(foreseen, last.at)
    shown, held = _told(foreseen, last.value), f"the forecast held {_told(foreseen, low, bound=True)} for that moment"
    broken = last.value < low and last.value < foreseen.limit
    verdict = "the trend is broken by the action" if broken else "that is no other course than was foreseen"
    lines.append(f"Measured at {_time(last.at)} by {last.by}: {shown}, while {held}: {verdict}.")
    return Argument(holds=broken, lines=tuple(lines))


def _stalled(foreseen: Foreseen, before: Measured) -> bool:
    """Whether what was measured before the action had gone less than half of the way that was foreseen at the least."""
    start = foreseen.ahead[0].middle if foreseen.ahead else before.value
    wanted = _low(foreseen, before.at) - start
    return wanted > 0 and before.value - start < STALLED * wanted


def _low(foreseen: Foreseen, at: dt.datetime) -> float:
    """The band's lower edge at a time: straight between the points of its path, and as it is at its ends beyond."""
    moment, times = at.timestamp(), [one.at for one in foreseen.ahead]
    if not times:
        return float("-inf")
    place = bisect_left(times, moment)
    if place in {0, len(times)}:
        return foreseen.ahead[min(place, len(times) - 1)].low
    left, right = foreseen.ahead[place - 1], foreseen.ahead[place]
    share = (moment - left.at) / (right.at - left.at) if right.at > left.at else 1.0
    return left.low + share * (right.low - left.low)


def _time(at: dt.datetime) -> str:
    return f"{at:%d %b %Y %H:%M:%S} UTC"


def _told(foreseen: Foreseen, value: float, *, bound: bool = False) -> str:
    """A value as people say it: days that are left are measured as a negative, so that they rise to their limit."""
    if foreseen.unit.strip() == "days":
        return f"{'at most ' if bound else ''}{_number(-value)} days"
    return f"{'at least ' if bound else ''}{_number(value)}{foreseen.unit}"


def _number(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"
