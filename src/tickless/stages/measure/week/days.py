"""The span day by day, and what changed against the span before. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from tickless.stages.measure.core import SAVING
from tickless.stages.measure.week.facts import Facts, opened
from tickless.stages.measure.week.shape import Day

_COMPARED = (
    ("cases_of_machines", "cases of machines"), ("cases_of_people", "cases of people"), ("handed_off", "handed to people"),
    ("regressed", "came back"),
)  # fmt: skip


def days_of(facts: Facts) -> tuple[Day, ...]:
    """Every day that the span touches, in UTC."""
    begins = [facts.since]
    while (after := _midnight_after(begins[-1])) < facts.until:
        begins.append(after)
    ends = [*begins[1:], facts.until]
    cases = opened(facts)
    found = []
    for begin, end in zip(begins, ends, strict=True):
        new = [one.door for one in cases if begin <= one.opened_at < end]
        over = [one.outcome for one in facts.resolutions if begin <= one.at < end]
        found.append(
            Day(
                began=begin,
                machines=new.count("machine"),
                people=new.count("human"),
                handed_off=over.count("handed_off"),
                regressed=over.count("regressed"),
                held=sum(one in SAVING for one in over),
            )
        )
    return tuple(found)


def _midnight_after(moment: dt.datetime) -> dt.datetime:
    return dt.datetime.combine(moment.date() + dt.timedelta(days=1), dt.time(), tzinfo=dt.UTC)


def compared(figures: Mapping[str, float | None], before: Mapping[str, float | None]) -> str:
    """One sentence on what is more and what is less than in the span before; empty where nothing can be compared."""
    if not any(before.get(name) for name, _ in _COMPARED):
        return ""
    told = []
    for name, words in _COMPARED:
        now, then = int(figures.get(name) or 0), int(before.get(name) or 0)
        if now != then:
            told.append(f"{words} {then:,} → {now:,}")
    return f"Against the time before: {', '.join(told)}." if told else "All counts are those of the time before."
