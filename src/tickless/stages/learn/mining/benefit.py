"""Did the benefit arrive? Tickets of a group before and after something was done about it, against groups like it that were
left
alone (difference in differences, as ratios; controls matched by level and trend before). Pure.

Weeks are drawn again to find between what it lies. With no group to compare with there is no answer, and none is made up.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from tickless.domain.opportunity import Arrival, Benefit
from tickless.stages.learn.mining.figures import MONTH_DAYS, interval

WEEKS_BEFORE, WEEKS_AFTER = 8, 4
"""Fewest."""
MOST_BEFORE = 26
BESIDE = 5
DRAWS = 1_000
WEEK = dt.timedelta(days=7)
Counts = NDArray[np.float64]


def weekly(times: Sequence[dt.datetime], *, begun: dt.datetime, until: dt.datetime) -> tuple[Counts, Counts]:
    """Whole weeks before and after."""
    after = int((until - begun) / WEEK)
    stamps = np.sort(np.array([moment.timestamp() for moment in times], np.float64))
    edges = [(begun + WEEK * week).timestamp() for week in range(-MOST_BEFORE, max(after, 0) + 1)]
    counts = np.diff(np.searchsorted(stamps, edges)).astype(np.float64)
    return counts[:MOST_BEFORE], counts[MOST_BEFORE:]


def benefit_of(
    treated: tuple[Counts, Counts],
    others: Mapping[str, tuple[Counts, Counts]],
    *,
    minutes: float | None,
) -> Benefit:
    """`others`: name → weeks of groups about which nothing was done in that time."""
    before, after = _since_first(treated[0]), treated[1]
    days = {"before_days": 7 * len(before), "after_days": 7 * len(after)}
    if len(before) < WEEKS_BEFORE or len(after) < WEEKS_AFTER or not before.sum():
        return Benefit(
            arrival="too_early", why=f"{WEEKS_BEFORE} whole weeks before and {WEEKS_AFTER} after are needed", **days
        )
    beside = _matched(before, {name: (pre[-len(before) :], post) for name, (pre, post) in others.items()})
    if not beside:
        return Benefit(arrival="no_baseline", why="there is no group like it that was left alone", **days)
    control = [(others[name][0][-len(before) :], others[name][1]) for name in beside]
    value = _change(before, after, control)
    random = np.random.default_rng(0)
    draws = np.array([
        _change(_again(before, random), _again(after, random), [(_again(pre, random), _again(post, random)) for pre,
        post in control])
        for _ in range(DRAWS)
    ])  # fmt: skip
    change = interval(value, draws)
    arrival: Arrival = "arrived" if change.high < 0 else "worse" if change.low > 0 else "not_shown"
    hours = None if minutes is None else interval(value * minutes / 60, draws * minutes / 60)
    return Benefit(arrival=arrival, change=change, hours=hours, beside=tuple(beside), why=_WHY[arrival], **days)


_WHY: dict[Arrival, str] = {
    "arrived": "fewer than the groups beside it would have it, beyond chance",
    "worse": "more than the groups beside it would have it, beyond chance",
    "not_shown": "no difference to the groups beside it that chance could not make",
}


def _since_first(counts: Counts) -> Counts:
    """Without the weeks before anything was recorded."""
    seen = np.flatnonzero(counts)
    return counts[seen[0] :] if len(seen) else counts[:0]


def _again(counts: Counts, random: np.random.Generator) -> Counts:
    return random.choice(counts, len(counts))


def _change(before: Counts, after: Counts, control: Sequence[tuple[Counts, Counts]]) -> float:
    """Tickets a month beyond what the others' course would have made of the weeks before."""
    course = float(np.mean([(post.mean() + 0.1) / (pre.mean() + 0.1) for pre, post in control]))
    return float((after.mean() - before.mean() * course) * MONTH_DAYS / 7)


def _matched(before: Counts, others: Mapping[str, tuple[Counts, Counts]]) -> list[str]:
    """Those nearest in level and trend before; at most a factor of five away."""
    scored = []
    level, slope = before.mean(), _slope(before)
    for name, (pre, _) in others.items():
        if len(pre) != len(before) or pre.mean() < max(level / 5, 0.5) or pre.mean() > level * 5:
            continue
        scored.append((abs(float(np.log(pre.mean() / level))) + abs(_slope(pre) - slope), name))
    return [name for _, name in sorted(scored)[:BESIDE]]


def _slope(counts: Counts) -> float:
    """Change over the whole time, as a share of the mean."""
    if len(counts) < 2 or not counts.mean():
        return 0.0
    return float(np.polyfit(np.arange(len(counts)), counts, 1)[0] * len(counts) / counts.mean())
