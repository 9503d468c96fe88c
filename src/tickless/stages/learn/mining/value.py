"""What it would be worth to take a group's work over: hours a month, with an interval by drawing again (Efron, 1979). Pure.

Hours = tickets a month x minutes each x share that goes the usual way x share left to people x (1 - risk). What is unknown
widens the interval: where the tickets do not tell how alike they go, a half is taken, between nothing and all.
"""

from __future__ import annotations

import numpy as np

from tickless.domain.opportunity import DraftKind, Interval, Match
from tickless.stages.learn.mining.figures import Figures, interval

DRAWS = 400
UNKNOWN = 0.5
ASSUMED_LOW, ASSUMED_HIGH = 0.5, 2.0
"""Between what the assumed minutes are taken to lie, as a factor."""
ALIKE = 0.4
MOSTLY = 0.8
"""With so large a share resolved without people there is little left to take over."""
SAFE = 0.6
TWICE = 0.1
PASSED_ON = 1.0
_MOST_MINUTES = 2_000


def minutes_interval(figures: Figures) -> Interval | None:
    """The mean of handling, and between what it lies."""
    if not figures.minutes:
        return None
    return interval(float(np.mean(figures.minutes)), _minutes(figures, np.random.default_rng(0)))


def hours_a_month(figures: Figures) -> Interval:
    random = np.random.default_rng(0)
    alike = UNKNOWN if figures.determinism is None else figures.determinism
    mean = float(np.mean(figures.minutes)) if figures.minutes else 0.0
    safe = 1 - figures.risk
    value = figures.per_month * mean / 60 * alike * (1 - (figures.unattended or 0)) * safe
    draws = (
        _volume(figures, random)
        * _minutes(figures, random)
        / 60
        * _alike(figures, random)
        * _left(figures, random)
        * safe
    )
    return interval(value, draws)


def _volume(figures: Figures, random: np.random.Generator) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Months drawn again; of a short time as chance would have it."""
    counts = np.array([month.count for month in figures.months], np.float64)
    if len(counts) >= 3 and counts.sum():
        again = random.choice(counts, (DRAWS, len(counts))).mean(1)
        return np.asarray(again * figures.per_month / counts.mean(), np.float64)
    return np.asarray(
        random.gamma(figures.volume + 0.5, 1, DRAWS) * figures.per_month / max(figures.volume, 1), np.float64
    )


def _minutes(figures: Figures, random: np.random.Generator) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    known = np.array(figures.minutes[:_MOST_MINUTES] or (0.0,), np.float64)
    means = random.choice(known, (DRAWS, len(known))).mean(1)
    if figures.basis.startswith("assumed"):
        means = means * np.exp(random.uniform(np.log(ASSUMED_LOW), np.log(ASSUMED_HIGH), DRAWS))
    return np.asarray(means, np.float64)


def _alike(figures: Figures, random: np.random.Generator) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    if figures.determinism is None:
        return random.uniform(0, 1, DRAWS)
    went = figures.determinism * figures.volume
    return random.beta(went + 1, figures.volume - went + 1, DRAWS)


def _left(figures: Figures, random: np.random.Generator) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The share that people still do."""
    if not figures.unattended:
        return np.ones(DRAWS)
    gone = figures.unattended * figures.over
    return random.beta(figures.over - gone + 0.5, gone + 0.5, DRAWS)


def what_to_draft(figures: Figures, match: Match | None) -> tuple[DraftKind, str]:
    """What would help most, and why."""
    kind, why = _what_to_draft(figures, match)
    if figures.unattended is not None and figures.unattended >= MOSTLY:
        what = "all" if figures.unattended == 1 else f"{figures.unattended:.0%}"
        return kind, f"{what} were resolved without people of late"
    return kind, why


def _what_to_draft(figures: Figures, match: Match | None) -> tuple[DraftKind, str]:
    if match is not None and match.kind == "runbook":
        return "runbook", f"the runbook {match.id} may do it already: give it these words, as a proposed revision"
    twice, passed = figures.reopened or 0.0, figures.hand_offs or 0.0
    if twice >= TWICE or passed >= PASSED_ON:
        what = f"{twice:.0%} come back" if twice >= TWICE else f"each is passed on {passed:.1f} times"
        return "problem", f"{what}: look for the cause before anything is automated"
    if figures.determinism is not None and figures.determinism >= ALIKE and figures.risk <= SAFE:
        return "runbook", f"{figures.determinism:.0%} go the same way: a procedure can do it"
    return "article", "they go many ways: what helps is told first, and how people use it shows what to automate"
