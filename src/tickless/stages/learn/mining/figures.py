"""What a group of items costs: how many there are, what each takes, how alike they go, how dangerous they are to automate.
Pure."""

from __future__ import annotations

import datetime as dt
import re
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tickless.domain.opportunity import Interval, Month
from tickless.stages.learn.mining.items import Item

MONTH_DAYS = 30.4375
BOOKED = 0.2
"""Share of the items that have to say how long they took, to be believed of all."""
TOUCH, HAND_OFF = 10.0, 8.0
"""Minutes that a ticket is taken to cost where nobody books: once, and for each hand-over. An assumption, and told as one."""
_DANGERS = (
    (0.3, re.compile(r"\b(delet|wip|format|terminat|decommission|drop|purg)\w*"), "something is deleted"),
    (0.25, re.compile(r"\b(production|database|firewall|backup|payment|payroll|erp|sap)\b"), "it touches what much depends on"),
    (0.25, re.compile(r"\b(admin|administrat\w*|root|privileg\w*|domain)\b"), "it is about far-reaching rights"),
)  # fmt: skip
LATELY = dt.timedelta(days=60)
FEWEST_LATELY = 5
"""So many that are over have to be of late, or all of them are looked at."""
_BASE = 0.15
_TELLING = 0.15


@dataclass(frozen=True)
class Figures:
    """None: the items do not say."""

    volume: int
    per_month: float
    months: tuple[Month, ...]
    trend: float | None
    minutes: tuple[float, ...]
    """Of those that say it, or as assumed."""
    basis: str
    days_open: float | None
    hand_offs: float | None
    reopened: float | None
    determinism: float | None
    risk: float
    risk_why: tuple[str, ...]
    category: str
    team: str
    service: str
    sources: tuple[str, ...]
    unattended: float | None = None
    """Share that was resolved without people, of late."""
    over: int = 0
    """Of how many that is."""


def figures_of(items: Sequence[Item], *, since: dt.datetime | None, until: dt.datetime | None) -> Figures:
    """Of one group. `since`, `until`: the time that everything mined spans, so that an idle month counts as one."""
    months = months_of(items, since=since, until=until)
    minutes, basis = _minutes(items)
    risk, why = _risk(items)
    unattended, over = _unattended(items, until)
    return Figures(
        volume=len(items),
        per_month=_per_month(items, since, until),
        months=months,
        trend=_trend(months),
        minutes=tuple(minutes),
        basis=basis,
        days_open=_median([item.open_days for item in items]),
        hand_offs=_mean([item.hand_offs for item in items]),
        reopened=_mean([item.reopened for item in items]),
        determinism=_determinism(items),
        risk=risk,
        risk_why=why,
        category=_most(" / ".join(item.structure[:2]) for item in items),
        team=_most(item.team for item in items),
        service=_most(item.service for item in items),
        sources=tuple(sorted({item.source for item in items})),
        unattended=unattended,
        over=over,
    )


def months_of(items: Sequence[Item], *, since: dt.datetime | None, until: dt.datetime | None) -> tuple[Month, ...]:
    """Whole months, as counted back from the end; the last 24 at most."""
    if since is None or until is None:
        return ()
    count = min(max(int((until - since).days / MONTH_DAYS), 1), 24)
    begin = [until - dt.timedelta(days=MONTH_DAYS * back) for back in range(count, 0, -1)]
    times = np.array(sorted(item.at.timestamp() for item in items if item.at is not None))
    edges = np.searchsorted(times, [*(moment.timestamp() for moment in begin), until.timestamp() + 1])
    return tuple(Month(since=moment, count=int(after - before))
                 for moment, before, after in zip(begin, edges, edges[1:], strict=False))  # fmt: skip


def _per_month(items: Sequence[Item], since: dt.datetime | None, until: dt.datetime | None) -> float:
    dated = sum(item.at is not None for item in items)
    if since is None or until is None or not dated:
        return 0.0
    return dated / max((until - since).total_seconds() / 86_400 / MONTH_DAYS, 1.0)


def _trend(months: Sequence[Month]) -> float | None:
    """Slope of a line through the months, as a share of their mean; by medians of slopes (Theil and Sen), so one storm is
    none."""
    counts = [month.count for month in months]
    mean = statistics.fmean(counts) if counts else 0.0
    if len(counts) < 4 or not mean:
        return None
    slopes = [(after - before) / (later - earlier) for earlier, before in enumerate(counts)
              for later, after in enumerate(counts) if later > earlier]  # fmt: skip
    return statistics.median(slopes) / mean


def _minutes(items: Sequence[Item]) -> tuple[list[float], str]:
    booked = [item.minutes for item in items if item.minutes is not None and item.minutes > 0]
    if len(booked) >= max(BOOKED * len(items), 3):
        return booked, f"as people booked it on {len(booked)} of {len(items)}"
    assumed = [TOUCH + HAND_OFF * (item.hand_offs or 0) for item in items]
    return assumed, f"assumed: {TOUCH:g} minutes each and {HAND_OFF:g} for each hand-over, for nobody booked it"


def _determinism(items: Sequence[Item]) -> float | None:
    """Share that went the usual way: with the team and the end that most have, no second try, at most one hand-over."""
    if not any(item.team or item.end for item in items):
        return None
    usual, _ = Counter((item.team, item.end) for item in items if item.team or item.end).most_common(1)[0]
    went = sum((item.team, item.end) == usual and not item.reopened and (item.hand_offs or 0) <= 1 for item in items)
    return went / len(items)


def _unattended(items: Sequence[Item], until: dt.datetime | None) -> tuple[float | None, int]:
    """What a runbook took over last month is no work any more, however many tickets there were before."""
    over = [item for item in items if item.unattended is not None]
    late = [item for item in over if until is not None and item.at is not None and item.at > until - LATELY]
    looked = late if len(late) >= FEWEST_LATELY else over
    return _mean([item.unattended for item in looked]), len(looked)


def _risk(items: Sequence[Item]) -> tuple[float, tuple[str, ...]]:
    """0 … 1, with what raises it. Coarse on purpose: policy and the autonomy ladder decide what may run."""
    looked = items[:: max(len(items) // 500, 1)]
    risk, why = _BASE, []
    for weight, pattern, reason in _DANGERS:
        share = sum(pattern.search(item.text.lower()) is not None for item in looked) / len(looked)
        if share >= _TELLING:
            risk += weight * min(share * 2, 1.0)
            why.append(f"{reason} ({share:.0%})")
    urgent = [item.priority for item in items if item.priority is not None]
    if urgent and (share := sum(rank <= 2 for rank in urgent) / len(urgent)) >= _TELLING:
        risk += 0.2 * share
        why.append(f"of high priority ({share:.0%})")
    if (share := sum(item.changed for item in items) / len(items)) >= _TELLING:
        risk += 0.2 * share
        why.append(f"a change or a problem belongs to it ({share:.0%})")
    return min(risk, 1.0), tuple(why)


def _median(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


def _mean(values: Sequence[float | bool | None]) -> float | None:
    known = [float(value) for value in values if value is not None]
    return statistics.fmean(known) if known else None


def _most(values: object) -> str:
    counted = Counter(str(value) for value in values if value)  # type: ignore[attr-defined]
    return counted.most_common(1)[0][0] if counted else ""


def interval(value: float, draws: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Interval:
    """With 90 % of the draws inside."""
    low, high = (float(edge) for edge in np.quantile(draws, (0.05, 0.95)))
    return Interval(value=value, low=min(low, value), high=max(high, value))
