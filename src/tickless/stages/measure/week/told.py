"""A week as Markdown: for a mail, a wiki, a stand-up. Pure."""

from __future__ import annotations

import re

from tickless.stages.measure.week.shape import Row, Section, Week

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|!~])")


def as_markdown(week: Week) -> str:
    """The whole report. Texts from outside are escaped: they format nothing."""
    lines = [f"# {_text(week.title)}", "", f"{_moment(week)}", ""]
    lines += [f"- {_text(line)}" for line in week.headline]
    for section in week.sections:
        lines += ["", *_section(section)]
    return "\n".join(lines) + "\n"


def _moment(week: Week) -> str:
    return f"From {week.since:%Y-%m-%d %H:%M} to {week.until:%Y-%m-%d %H:%M} UTC."


def _section(section: Section) -> list[str]:
    lines = [f"## {section.title}", "", _text(section.told)]
    if section.rows:
        lines += [""] + [f"- {_row(one)}" for one in section.rows]
    if section.more:
        lines.append(f"- … and {section.more} more")
    return lines


def _row(row: Row) -> str:
    numbers = ", ".join(map(str, row.cases[:5])) + (" …" if len(row.cases) > 5 else "")
    case = f" (case{'s' * (len(row.cases) > 1)} {numbers})" if row.cases else ""
    told = f": {_text(row.told)}" if row.told else f": {row.count}"
    do = f" **{_text(row.do)}**" if row.do else ""
    return f"{_text(row.what)}{case}{told}.{do}".replace("..", ".")


def _text(text: str) -> str:
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
