"""A report as one HTML page that needs nothing else: for a mail, a printer, and what makes a PDF of it. Pure."""

from __future__ import annotations

from html import escape

from tickless.stages.measure.week.drawing import by_day, legend, side_by_side
from tickless.stages.measure.week.shape import Row, Section, Week

_COLOURS = {"machines": "#3d6ea5", "people": "#c9862b", "verified": "#2f7d4f", "prevented": "#5aa36f", "confirmed": "#3d6ea5",
            "assumed": "#b9b9b9", "handed_off": "#c9862b", "regressed": "#b3413b"}  # fmt: skip
_STYLE = (
    "@page{size:A4;margin:16mm 15mm;@bottom-right{content:counter(page) ' / ' counter(pages);font:9pt sans-serif;color:#666}}"
    "body{font:11pt/1.45 system-ui,'DejaVu Sans',sans-serif;color:#1c1f23;max-width:46rem;margin:1.5rem auto;padding:0 1rem}"
    "h1{font-size:1.5em;margin:0}h2{font-size:1.1em;margin:1.6em 0 .2em;break-after:avoid}p{margin:.2em 0 .6em}"
    ".quiet{color:#5a6068;font-size:.9em}ul{padding-left:1.2em;margin:.5em 0}svg{width:100%;height:auto;margin:.6em 0}"
    "table{border-collapse:collapse;width:100%;font-size:.92em}td{text-align:left;vertical-align:top;padding:.3em .6em .3em 0;"
    "border-top:1px solid #d9dce0}tr{break-inside:avoid}a{color:#245a94}"
    ".grid{stroke:#d9dce0}.label{font:11px sans-serif;fill:#5a6068}.key{white-space:nowrap;margin-right:1em}"
    ".key i{display:inline-block;width:.7em;height:.7em;margin-right:.35em}"
) + "".join(f".part.{name}{{fill:{colour}}}.key .{name}{{background:{colour}}}" for name, colour in _COLOURS.items())


def as_html(week: Week, *, home: str = "") -> str:
    """The whole page. `home`: base URL of the house, to which cases are linked; empty: no links. Everything is escaped."""
    inside = [
        f"<h1>{escape(week.title)}</h1>",
        f'<p class="quiet">{week.since:%Y-%m-%d %H:%M} to {week.until:%Y-%m-%d %H:%M} UTC</p>',
        f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in week.headline)}</ul>",
        _ends(week),
        _daily(week),
        *(_section(one, home) for one in week.sections if one.rows),
        _nothing(week),
    ]
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(week.title)}</title>'
        f"<style>{_STYLE}</style></head><body>{''.join(inside)}</body></html>"
    )


def _ends(week: Week) -> str:
    drawn = side_by_side(week.outcomes)
    keys = "".join(
        f'<span class="key"><i class="{name}"></i>{count:,} {escape(words)}</span>'
        for name, words, count in legend(week.outcomes)
    )
    return f"<h2>How cases ended</h2>{drawn}<p>{keys}</p>" if drawn else ""


def _daily(week: Week) -> str:
    drawn = by_day(week.days)
    key = '<span class="key"><i class="machines"></i>of machines</span><span class="key"><i class="people"></i>of people</span>'
    return f"<h2>Cases that began</h2>{drawn}<p>{key}</p>" if drawn else ""


def _section(section: Section, home: str) -> str:
    rows = "".join(_row(one, home) for one in section.rows)
    more = f'<p class="quiet">… and {section.more} more</p>' if section.more else ""
    return f"<h2>{escape(section.title)}</h2><p>{escape(section.told)}</p><table>{rows}</table>{more}"


def _row(row: Row, home: str) -> str:
    what = escape(row.what)
    for number in row.cases:
        what += f' <a href="{escape(home)}/cases/{number}">#{number}</a>' if home else f" #{number}"
    return f"<tr><td>{what}</td><td>{escape(row.told) or row.count}</td><td>{escape(row.do)}</td></tr>"


def _nothing(week: Week) -> str:
    quiet = [one for one in week.sections if not one.rows]
    lines = "".join(f"<li>{escape(one.title)}: {escape(one.told)}</li>" for one in quiet)
    return f"<h2>And otherwise</h2><ul>{lines}</ul>" if lines else ""
