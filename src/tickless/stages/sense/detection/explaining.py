"""Why something is thought strange, in words and as points of a picture."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final, NamedTuple

from tickless.stages.sense.detection.rich import Judgement, Parts

MOST_POINTS: Final = 500
"""A picture holds no more columns than that."""
_WHY: Final = {
    "time_of_day": "unlike this time of day",
    "bounds": "beyond all that was seen before",
    "shape": "a course never seen before",
}
_TELLING: Final = 2.0


class Seen(NamedTuple):
    """One point with what was said of it."""

    time: float
    value: float
    judgement: Judgement


class Column(NamedTuple):
    """One place on a chart: `low` and `high` of the band, the values' extremes within, and whether it is marked."""

    time: float
    value_low: float
    value_high: float
    low: float
    high: float
    marked: bool


def explain(seen: Seen, *, earlier_alarms: Sequence[float] = (), unit: str = "") -> str:
    """One sentence: what was expected, what was seen, why that is rare, and how often it was so lately.

    `earlier_alarms`: times of this series' alarms before this one, oldest first. All times are UTC.
    """
    judged = seen.judgement
    said = f"expected {_range(judged.expected_low, judged.expected_high, unit)}, saw {_number(seen.value)}{unit}"
    return said + reasons(judged.parts) + again(earlier_alarms)


def reasons(parts: Parts) -> str:
    """`; unlike this time of day, and a course never seen before`; empty where no feature tells much."""
    why = [_WHY[name] for name, rarity in _ranked(parts) if rarity >= _TELLING]
    if not why:
        return ""
    return f"; {why[0]}" + (f", and {why[1]}" if len(why) > 1 else "")


def again(earlier_alarms: Sequence[float]) -> str:
    """`; the third such alarm since 25 December`; empty for the first one. Times in seconds since 1970, oldest first."""
    if not earlier_alarms:
        return ""
    return f"; the {_ordinal(len(earlier_alarms) + 1)} such alarm since {_day(earlier_alarms[0])}"


def chart(points: Sequence[Seen], *, most: int = MOST_POINTS) -> list[Column]:
    """The columns of a chart, at most so many: neighbours share one, and nothing that stands out is lost on the way.

    Raises ValueError if `most` is not positive.
    """
    if most < 1:
        raise ValueError("a chart has at least one column")
    together = max(1, -(-len(points) // most))
    return [_column(points[begin : begin + together]) for begin in range(0, len(points), together)]


def _column(some: Sequence[Seen]) -> Column:
    values = [one.value for one in some]
    return Column(
        time=some[0].time,
        value_low=min(values),
        value_high=max(values),
        low=min(one.judgement.expected_low for one in some),
        high=max(one.judgement.expected_high for one in some),
        marked=any(one.judgement.alarm for one in some),
    )


def _ranked(parts: Parts) -> list[tuple[str, float]]:
    return sorted(parts._asdict().items(), key=lambda pair: -pair[1])


def _range(low: float, high: float, unit: str) -> str:
    first, last = _number(low), _number(high)
    return f"{first}{unit}" if first == last else f"{first}–{last}{unit}"


def _number(value: float) -> str:
    """Three significant digits, without an exponent while it can be read."""
    if value and not 1e-4 <= abs(value) < 1e7:
        return f"{value:.2e}"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _ordinal(count: int) -> str:
    words = {2: "second", 3: "third", 4: "fourth", 5: "fifth"}
    ending = "th" if 10 <= count % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(count % 10, "th")
    return words.get(count, f"{count}{ending}")


def _day(time: float) -> str:
    return dt.datetime.fromtimestamp(time, dt.UTC).strftime("%-d %B")
