"""What is known beforehand: errors with a workaround, and planned work on services."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime

from tickless.domain.record import Record


class KnownError(Record):
    """A fault whose cause is known and not yet removed (ITIL 4), usable while somebody is being helped."""

    version: Literal[1] = 1
    id: str
    title: str
    service: str | None = None
    symptoms: tuple[str, ...] = ()
    """As people describe them; matched against what they write."""
    workaround: str
    cause: str = ""
    state: Literal["open", "closed"] = "open"
    owner: str | None = None
    fix_expected_at: AwareDatetime | None = None
    opened_at: AwareDatetime


class Maintenance(Record):
    """A window of planned work on a service."""

    version: Literal[1] = 1
    id: str
    service: str
    title: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    owner: str | None = None
    change: str = ""
    """The change record that it comes from."""
    note: str = ""
    """What people should know: what works, what does not."""
    cancelled: bool = False
    series: str = ""
    """Id of the series that it is one of."""


class Bulletin(Record):
    """Something told to everybody who is affected by an incident."""

    version: Literal[1] = 1
    id: str
    case: str
    text: str
    next_update_at: AwareDatetime | None = None
    by: str
    at: AwareDatetime
