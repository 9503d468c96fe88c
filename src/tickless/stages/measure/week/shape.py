"""The shape of the report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

SectionId = Literal[
    "repeating", "noisy", "held", "ageing", "risky", "forecasts", "unclear", "senders", "map", "automate"
]  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One line. `what`: a text of ours or a tamed one; `do`: what could be done; `case`, `service`: where to look."""

    what: str
    count: int
    told: str = ""
    do: str = ""
    case: int | None = None
    service: str | None = None
    edge: tuple[str, str] | None = None
    """An edge of the map that people are asked about: (service, what it needs)."""


@dataclass(frozen=True)
class Section:
    """An answer to one question. `told` is a whole sentence, with no rows too. `more`: rows that are not shown."""

    id: SectionId
    title: str
    told: str
    rows: tuple[Row, ...] = ()
    more: int = 0


@dataclass(frozen=True)
class Week:
    """`figures`: counts, shares (0..1), seconds and minutes by name; None where there is nothing to tell it from."""

    since: dt.datetime
    until: dt.datetime
    headline: tuple[str, ...]
    figures: Mapping[str, float | None] = field(default_factory=dict)
    outcomes: Mapping[str, int] = field(default_factory=dict)
    sections: tuple[Section, ...] = ()

    def section(self, identity: SectionId) -> Section:
        return next(one for one in self.sections if one.id == identity)
