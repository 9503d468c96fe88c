"""A hold: an alert that fires and is held back from cases for a while, with the reason and an end."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime

from tickless.domain.record import Record
from tickless.domain.signal import Severity

HoldReason = Literal["silenced", "maintenance", "inhibited", "flapping", "transient"]
HoldEnd = Literal["resolved", "handed_back", "another"]
"""It was over meanwhile; it went on to cases; another reason took over."""


class Hold(Record):
    """Why one alert that fires opens no case now. Open while `ended_at` is None."""

    version: Literal[1] = 1
    id: str
    source: str
    fingerprint: str
    reason: HoldReason
    ref: str = ""
    """Id of the silence, window of planned work or case that holds it back."""
    why: str
    """In words, for people."""
    by: str
    """Who answers for it: of a silence and of planned work its owner, else `tickless`."""
    signal: str
    """Id of the signal that fired first while it was held."""
    service: str | None = None
    severity: Severity | None = None
    since: AwareDatetime
    until: AwareDatetime
    """When it is looked at again: what fires then and is not held for another reason is handed back."""
    onsets: int = 1
    """How often it began to fire while it was held."""
    release: str = ""
    """Who wants it to go on to cases now, whatever holds it back."""
    ended_at: AwareDatetime | None = None
    end: HoldEnd | None = None
    ended_by: str = ""
