"""What was foreseen of something with a limit, as it was said first, and what became of it."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime

from tickless.domain.record import Record, Untrusted
from tickless.domain.sighting import Basis, Crossing

Fate = Literal["came_true", "did_not", "prevented", "acted"]
"""The limit was met · it was not, and nothing was done · that it was not is owed to what was done · something was done, and
whether it was needed nobody can say."""


class Foretold(Record):
    """One episode of one series. `fate` None: it is still ahead."""

    version: Literal[1] = 1
    id: str
    """The sighting's."""
    fingerprint: str
    source: str
    series: str
    subject: str | None = None
    what: str
    """Kind of limit: `disk`, `certificate` …"""
    text: Untrusted
    unit: str = ""
    limit: float
    said_at: AwareDatetime
    crossing: Crossing
    """As it was said first; later forecasts of the same episode change nothing here."""
    basis: Basis | None = None
    case: str | None = None
    fate: Fate | None = None
    fate_at: AwareDatetime | None = None
    told: str = ""
    """What became of it, in words."""
