"""Whether an action is late, and whether what was expected of it arrived. Pure."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

from tickless.domain.improvement import BenefitVerdict, Improvement

PARTLY, ALL = 0.25, 0.8
"""Share of the expected benefit from which it partly arrived, arrived."""


@dataclass(frozen=True)
class Benefit:
    """`share` of what was expected, below 0 where it got worse; None: nothing can be said."""

    verdict: BenefitVerdict
    share: float | None
    words: str


def overdue(one: Improvement, now: dt.datetime) -> bool:
    """Whether its date has passed and it is not over."""
    return one.state in {"proposed", "agreed", "under_way"} and one.due_at < now


def benefit(one: Improvement, now: dt.datetime) -> Benefit:
    """What came of it, by its latest measurement after. A count whose interval holds the baseline shows nothing."""
    if one.state != "done" or one.done_at is None:
        return Benefit("too_soon", None, "It is not done yet.")
    after = [found for found in one.measured if found.at > one.done_at]
    if not after or one.baseline is None or one.expected is None or one.baseline == one.expected:
        ripe = one.counted is None or now >= one.done_at + dt.timedelta(days=one.counted.days)
        return Benefit(
            "not_measured" if ripe else "too_soon",
            None,
            "Nobody has measured it."
            if ripe
            else f"It is counted {one.counted.days if one.counted else 0} days after.",
        )
    last = after[-1]
    share = (one.baseline - last.value) / (one.baseline - one.expected)
    words = f"From {one.baseline:g} to {last.value:g} {one.unit}; {one.expected:g} was expected.".replace("  ", " ")
    if last.low is not None and last.high is not None and last.low <= one.baseline <= last.high:
        return Benefit("not_arrived", share, f"{words} That may be chance ({last.low:g} to {last.high:g}).")
    verdict: BenefitVerdict = "arrived" if share >= ALL else "partly" if share >= PARTLY else "not_arrived"
    return Benefit(verdict, share, words)


def interval(count: int) -> tuple[float, float]:
    """About 95 % of a number that was counted (Poisson, by its square root)."""
    low = max(0.0, math.sqrt(count) - 0.98) ** 2
    return (0.0 if count == 0 else round(low, 2)), round((math.sqrt(count + 1) + 0.98) ** 2, 2)
