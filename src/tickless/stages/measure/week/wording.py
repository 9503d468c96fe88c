"""What all sections share: how a section is cut to size, and how needs and times are written. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from tickless.stages.measure.week.shape import Row, Section, SectionId

MOST = 12
"""Rows that a section shows."""
TITLE = 120
"""Signs of a title."""


def section(identity: SectionId, title: str, told: str, rows: Sequence[Row]) -> Section:
    return Section(identity, title, told, tuple(rows[:MOST]), max(0, len(rows) - MOST))


def plain(need: str | None) -> str:
    return (need or "something unknown").replace("_", " ")


def day(at: dt.datetime) -> str:
    return f"{at:%A} {at.day} {at:%B}"


def moment(at: dt.datetime) -> str:
    return f"{day(at)}, {at:%H:%M} UTC"


def times(count: int) -> str:
    """How often, in words that fit one, too."""
    return "once" if count == 1 else f"{count} times"


def counted(count: int, noun: str) -> str:
    """`1 alert`, `2 alerts`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
