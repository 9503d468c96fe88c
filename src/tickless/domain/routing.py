"""Routing: which team a ticket goes to, and what is learnt from where tickets were solved."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime

from tickless.domain.record import Record

RoutingState = Literal["taught", "refused"]


class Routed(Record):
    """A ticket that people solved: where it was sent, and where they solved it. `id` is the ticket's."""

    version: Literal[1] = 1
    id: str
    tenant: str = "main"
    case: str
    need: str
    """What the case is about; empty: nobody knows."""
    service: str = ""
    own: str = ""
    """The team that the record of the service names, when it was solved."""
    sent_to: str = ""
    """Empty: the system's own rules decided."""
    team: str
    """Who solved it."""
    by: str = ""
    """The person there, as they are called there."""
    at: AwareDatetime


class RoutingRule(Record):
    """Tickets of this kind go to this team. Proposals are computed; only what somebody decided is kept."""

    version: Literal[1] = 1
    id: str
    tenant: str = "main"
    need: str
    service: str = ""
    """Empty: whatever the service."""
    team: str
    state: RoutingState
    tickets: int
    """Solved tickets of this kind that spoke, and of them those that this team solved, when it was decided."""
    solved: int
    at: AwareDatetime
    decided_by: str
    reason: str = ""
