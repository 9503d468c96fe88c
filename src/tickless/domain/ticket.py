"""A ticket: the hand-off record of a case in an outside system."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime

from tickless.domain.record import Record

TicketState = Literal["wanted", "open", "pending", "resolved", "closed"]


class Ticket(Record):
    """One case, one ticket in one system. `id` is derived from the case and the system, so there is never a second."""

    version: Literal[1] = 1
    id: str
    case: str
    system: str
    """Name of the connector instance."""
    external: str = ""
    """Their id; empty until it exists there."""
    url: str = ""
    state: TicketState = "wanted"
    owner: str = ""
    """Who has it there, as they call them."""
    marker: str = ""
    """Their mark of the last change that we have seen."""
    comments_seen: tuple[str, ...] = ()
    reasks: int = 0
    """How often a person was asked there for what the pack already held."""
    synced_at: AwareDatetime | None = None
    made_at: AwareDatetime
