"""A calendar as a picture: a row for each name, a column for each day, bands over all rows. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

WIDTH, ROW, HEAD, NAMES, LEGEND = 900, 22, 24, 210, 22
LONGEST = 30
"""Signs of a name."""


@dataclass(frozen=True)
class Bar:
    """One span; those of the same label share a row. `tone`: a class of the styles (`good`, `warn`, `bad`, `info`, `calm`).
    `clash`: it is framed, with a mark. `href`: a page of its own."""

    label: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    tone: str
    title: str = ""
    clash: bool = False
    href: str = ""


@dataclass(frozen=True)
class Band:
    """A time that is hatched over all rows, such as a freeze."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    title: str


@dataclass(frozen=True)
class _Sheet:
    since: dt.datetime
    days: int
    height: int

    @property
    def room(self) -> float:
        return WIDTH - NAMES

    def x(self, at: dt.datetime) -> float:
        return NAMES + self.room * min(1.0, max(0.0, (at - self.since) / dt.timedelta(days=self.days)))


def calendar_picture(
    bars: Sequence[Bar], *, since: dt.datetime, days: int, now: dt.datetime, bands: Sequence[Band] = ()
) -> Markup:
    """SVG with classes only; each bar at least three points wide, so that the short ones are seen."""
    legend = _legend(bars, bands)
    rows = {label: row for row, label in enumerate(dict.fromkeys(bar.label for bar in bars))}
    body = HEAD + ROW * max(1, len(rows)) + 6
    sheet = _Sheet(since, days, body)
    height = body + (LEGEND if legend else 0)
    parts = [f'<svg class="gantt" viewBox="0 0 {WIDTH} {height}" role="group" aria-label="Calendar of {days} days">']
    for day in range(days):
        parts += _day(sheet, since + dt.timedelta(days=day))
    parts += [_band(sheet, band) for band in bands]
    named: set[str] = set()
    for bar in bars:
        parts += _bar(sheet, bar, HEAD + ROW * rows[bar.label], named=bar.label not in named)
        named.add(bar.label)
    if since <= now < since + dt.timedelta(days=days):
        at = f"{sheet.x(now):.1f}"
        parts.append(f'<line class="now" x1="{at}" x2="{at}" y1="{HEAD - 4}" y2="{body}"/>')
    parts += [f'<text class="tick" x="{NAMES}" y="{body + 15}">{escape(legend)}</text>'] if legend else []
    return Markup("".join([*parts, "</svg>"]))  # noqa: S704 - every text in it is escaped above


def _legend(bars: Sequence[Bar], bands: Sequence[Band]) -> str:
    """What the signs mean, if there are any."""
    clash = "! framed: collides with something else" if any(bar.clash for bar in bars) else ""
    freeze = "darker band: freeze, nothing is changed" if bands else ""
    return " · ".join(part for part in (clash, freeze) if part)


def _day(sheet: _Sheet, at: dt.datetime) -> list[str]:
    kind, left = "weekend" if at.weekday() > 4 else "day", sheet.x(at)
    width, height = sheet.room / sheet.days, sheet.height - HEAD
    return [
        f'<rect class="{kind}" x="{left:.1f}" y="{HEAD}" width="{width:.1f}" height="{height}"/>',
        f'<text class="tick" x="{left + 3:.1f}" y="16">{at:%a} {at.day}</text>',
    ]


def _band(sheet: _Sheet, band: Band) -> str:
    left = sheet.x(band.starts_at)
    width = max(3.0, sheet.x(band.ends_at) - left)
    return (
        f'<rect class="freeze" x="{left:.1f}" y="{HEAD}" width="{width:.1f}" height="{sheet.height - HEAD}">'
        f"<title>{escape(band.title)}</title></rect>"
    )


def _bar(sheet: _Sheet, bar: Bar, y: int, *, named: bool) -> list[str]:
    left = sheet.x(bar.starts_at)
    width = max(3.0, sheet.x(bar.ends_at) - left)
    name = f"! {bar.label}" if bar.clash else bar.label
    label = name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
    drawn = [
        *([f'<text class="name" x="2" y="{y + 15}">{escape(label)}</text>'] if named else []),
        f'<rect class="span {bar.tone}{" clash" if bar.clash else ""}" x="{left:.1f}" y="{y + 4}" width="{width:.1f}" '
        f'height="14" rx="3"><title>{escape(bar.title or bar.label)}</title></rect>',
    ]
    return [f'<a href="{escape(bar.href)}">', *drawn, "</a>"] if bar.href else drawn
