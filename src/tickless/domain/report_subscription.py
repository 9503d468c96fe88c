"""A standing wish for a report: which, how often, and to whom."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import AwareDatetime

from tickless.domain.record import Record

Cadence = Literal["daily", "weekly", "monthly"]


class ReportSubscription(Record):
    """Exactly one of `person` and `mail` says who gets it."""

    version: Literal[1] = 1
    id: str
    cadence: Cadence
    at: dt.time
    """When it is due, by the clocks of `zone`: every day, on Mondays, or on the first of the month."""
    zone: str
    """IANA name, such as `Europe/Berlin`."""
    owner: str = ""
    """Id of a person: only what concerns the services that are theirs. Empty: everything."""
    person: str = ""
    """Gets a notice with the report in short and where to read it, in the channel in which they were heard last."""
    mail: str = ""
    """Gets the whole report, with a PDF where the house can make one."""
    made_by: str
    made_at: AwareDatetime
    ended_at: AwareDatetime | None = None
    told_until: AwareDatetime | None = None
    """The end of the span that was told last."""
    failed: str = ""
    """Why the last try to send it did not succeed."""
    tries: int = 0
    next_try: AwareDatetime | None = None
