"""Charts of the report as SVG: by classes, so that the page that shows them gives the colours. Pure; every number is in words,
too. No text from outside gets into them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from tickless.stages.measure.week.shape import Day

WIDTH, HEIGHT = 720, 200
LEFT, RIGHT, TOP, BOTTOM = 36, 4, 8, 26
_SHOWN = 10
"""Days that get a name below the axis."""
OUTCOMES = (
    ("verified", "verified"), ("prevented", "prevented"), ("confirmed", "confirmed"), ("assumed", "assumed"),
    ("handed_off", "handed to people"), ("regressed", "came back"),
)  # fmt: skip
"""(class, words) of every end that is no noise, the best first."""


def by_day(days: Sequence[Day]) -> str:
    """Cases that began, stacked: those of machines below, those of people on top. Empty for a single day."""
    columns = [(one.began, {"machines": one.machines, "people": one.people}) for one in days]
    parts = (("machines", "of machines"), ("people", "of people"))
    return _stacked(columns, parts, "Cases that began by day, at most {most} on one day")


def by_week(weeks: Sequence[tuple[dt.datetime, Mapping[str, int]]]) -> str:
    """How cases ended, stacked, a column for each week by the day on which it began. Empty for a single week."""
    return _stacked(weeks, OUTCOMES, "How cases ended by week, at most {most} in one week")


def _stacked(
    columns: Sequence[tuple[dt.datetime, Mapping[str, int]]], parts: Sequence[tuple[str, str]], said: str
) -> str:
    """`parts`: (class, words), from the floor up."""
    if len(columns) < 2:
        return ""
    most = max(1, *(sum(counts.get(name, 0) for name, _ in parts) for _, counts in columns))
    step = (WIDTH - LEFT - RIGHT) / len(columns)
    floor, unit = HEIGHT - BOTTOM, (HEIGHT - TOP - BOTTOM) / most
    drawn = [_axis(most, floor)]
    for place, (began, counts) in enumerate(columns):
        x, wide, top, bars = LEFT + place * step + step * 0.15, step * 0.7, float(floor), ""
        for name, _ in parts:
            high = counts.get(name, 0) * unit
            top -= high
            bars += _bar(name, x, top, wide, high)
        words = ", ".join(f"{counts[name]} {told}" for name, told in parts if counts.get(name)) or "none"
        drawn.append(f"<g><title>{began:%-d %B}: {words}</title>{bars}</g>")
        if place % max(1, -(-len(columns) // _SHOWN)) == 0:
            drawn.append(f'<text class="label" x="{x + wide / 2:.1f}" y="{HEIGHT - 8}" text-anchor="middle">'
                         f"{began:%-d %b}</text>")  # fmt: skip
    said = said.format(most=most)
    return (
        f'<svg class="week-chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{said}">{"".join(drawn)}</svg>'
    )


def side_by_side(outcomes: Mapping[str, int]) -> str:
    """How cases ended, as one bar. Empty where none did. What was muted as noise is no end of this kind."""
    whole = sum(outcomes.get(name, 0) for name, _ in OUTCOMES)
    if not whole:
        return ""
    drawn, x = [], 0.0
    for name, words in OUTCOMES:
        wide = outcomes.get(name, 0) / whole * WIDTH
        drawn.append(f"<g><title>{outcomes.get(name, 0)} {words}</title>{_bar(name, x, 0, wide, 22)}</g>")
        x += wide
    said = ", ".join(f"{outcomes[name]} {words}" for name, words in OUTCOMES if outcomes.get(name))
    return f'<svg class="week-chart" viewBox="0 0 {WIDTH} 22" role="img" aria-label="{said}">{"".join(drawn)}</svg>'


def legend(outcomes: Mapping[str, int]) -> list[tuple[str, str, int]]:
    """(class, words, how many) of each outcome in the bar."""
    return [(name, words, outcomes[name]) for name, words in OUTCOMES if outcomes.get(name)]


def _axis(most: int, floor: float) -> str:
    lines = []
    for share in (0.5, 1.0):
        value = most * share
        y = floor - (floor - TOP) * share
        if value == int(value):
            lines.append(_line(y))
            lines.append(f'<text class="label" x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{int(value)}</text>')
    return "".join(lines) + _line(floor)


def _line(y: float) -> str:
    return f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'


def _bar(name: str, x: float, y: float, wide: float, high: float) -> str:
    if wide <= 0 or high <= 0:
        return ""
    return f'<rect class="part {name}" x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}"/>'
