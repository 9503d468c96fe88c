"""The shape of the report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from tickless.domain.case import Case

SectionId = Literal[
    "services", "repeating", "noisy", "held", "ageing", "risky", "forecasts", "unclear", "senders", "map", "automate",
    "misleading",
]  # fmt: skip


MOST_LINKED = 20


def linked(cases: Iterable[Case]) -> tuple[int, ...]:
    """The numbers of a row that speaks of several cases."""
    return tuple(sorted((one.number for one in cases), reverse=True)[:MOST_LINKED])


@dataclass(frozen=True)
class Row:
    """One line. `what`: a text of ours or a tamed one; `do`: what could be done; `cases`, `service`: where to look.

    `cases`: numbers, the newest first, at most `MOST_LINKED`.
    """

    what: str
    count: int
    told: str = ""
    do: str = ""
    cases: tuple[int, ...] = ()
    service: str | None = None
    edge: tuple[str, str] | None = None
    """An edge of the map that people are asked about: (service, what it needs)."""

    @property
    def case(self) -> int | None:
        """The first of them to look at."""
        return self.cases[0] if self.cases else None


@dataclass(frozen=True)
class Section:
    """An answer to one question. `told` is a whole sentence, with no rows too. `more`: rows that are not shown."""

    id: SectionId
    title: str
    told: str
    rows: tuple[Row, ...] = ()
    more: int = 0


@dataclass(frozen=True)
class Day:
    """A day or, of the first and last one, the part of it that the span holds. `began`: at midnight UTC or with the span."""

    began: dt.datetime
    machines: int
    """Cases that alerts opened."""
    people: int
    handed_off: int
    regressed: int
    held: int
    """Ends that were verified, prevented or confirmed, and hold so far."""


@dataclass(frozen=True)
class Week:
    """`figures`: counts, shares (0..1), seconds and minutes by name; None where there is nothing to tell it from. `before`: the
    same of as long a span before. `owner`: whose services it is about; empty: everything."""

    since: dt.datetime
    until: dt.datetime
    headline: tuple[str, ...]
    figures: Mapping[str, float | None] = field(default_factory=dict)
    outcomes: Mapping[str, int] = field(default_factory=dict)
    sections: tuple[Section, ...] = ()
    days: tuple[Day, ...] = ()
    before: Mapping[str, float | None] = field(default_factory=dict)
    owner: str = ""

    @property
    def title(self) -> str:
        """What it is called: by how long the span is."""
        length = self.until - self.since
        span = "day" if length < dt.timedelta(hours=26) else "week" if length < dt.timedelta(days=8) else "month"
        return f"The {span} of {self.since:%-d %B %Y}" + (f" for {self.owner}" if self.owner else "")

    def section(self, identity: SectionId) -> Section:
        return next(one for one in self.sections if one.id == identity)
