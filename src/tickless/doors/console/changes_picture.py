"""The calendar of changes as a picture: a row for each change, a column for each day. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

WIDTH, ROW, HEAD, NAMES = 900, 22, 24, 210


@dataclass(frozen=True)
class Bar:
    """One span. `tone`: a class of the style sheet (`good`, `warn`, `bad`, `info`, `quiet`)."""

    label: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    tone: str
    title: str = ""


def calendar_picture(bars: Sequence[Bar], *, since: dt.datetime, days: int, now: dt.datetime) -> Markup:
    """SVG with classes only; each bar at least three points wide, so that the short ones are seen."""
    height = HEAD + ROW * max(1, len(bars)) + 6
    span, room = dt.timedelta(days=days), WIDTH - NAMES

    def x(at: dt.datetime) -> float:
        return NAMES + room * min(1.0, max(0.0, (at - since) / span))

    parts = [f'<svg class="gantt" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="Calendar of {days} days">']
    for day in range(days):
        at = since + dt.timedelta(days=day)
        kind = "weekend" if at.weekday() > 4 else "day"
        parts.append(
            f'<rect class="{kind}" x="{x(at):.1f}" y="{HEAD}" width="{room / days:.1f}" height="{height - HEAD}"/>'
        )
        parts.append(f'<text class="tick" x="{x(at) + 3:.1f}" y="16">{at:%a} {at.day}</text>')
    for index, bar in enumerate(bars):
        y = HEAD + ROW * index
        width = max(3.0, x(bar.ends_at) - x(bar.starts_at))
        label = bar.label if len(bar.label) <= 30 else f"{bar.label[:29]}…"
        parts.append(f'<text class="name" x="2" y="{y + 15}">{escape(label)}</text>')
        parts.append(
            f'<rect class="span {bar.tone}" x="{x(bar.starts_at):.1f}" y="{y + 4}" width="{width:.1f}" height="14" rx="3">'
            f"<title>{escape(bar.title or bar.label)}</title></rect>"
        )
    if since <= now < since + span:
        parts.append(f'<line class="now" x1="{x(now):.1f}" x2="{x(now):.1f}" y1="{HEAD - 4}" y2="{height}"/>')
    return Markup("".join([*parts, "</svg>"]))  # noqa: S704 - every text in it is escaped above
