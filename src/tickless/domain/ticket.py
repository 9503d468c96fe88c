"""A ticket: the hand-off record of a case in an outside system."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import AwareDatetime

from tickless.domain.record import Record

TicketState = Literal["wanted", "open", "pending", "resolved", "closed"]
OurSide = Literal["open", "asked", "solved"]
"""Where the case stands: people work on it · they say it is solved and the person was asked · it is over."""
OWN = "tickless"
"""`system` of a ticket that no outside system keeps: the case itself is the record."""


class Errand(Record):
    """Something to say in the outside ticket, looked for there before it is written. `key` is its own."""

    key: str
    text: str
    public: bool
    at: AwareDatetime


class Reask(Record):
    """An agent asked for what the pack already held."""

    comment: str
    asked: str
    held: str
    at: AwareDatetime


class Wait(Record):
    """Since when, until when (None: still) the people who had it waited for somebody."""

    since: AwareDatetime
    until: AwareDatetime | None = None


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
    waits: tuple[Wait, ...] | None = None
    """Each time that it was `pending`; None: it began before that was noted."""
    minutes: float | None = None
    """Minutes that people worked on it, as they or their system say; None: nobody has."""
    owner: str = ""
    """Who has it there, as they call them."""
    sent_to: str = ""
    """The team that it was made for; empty: the system's own rules."""
    sent_why: str = ""
    """Why that team, in words."""
    team: str = ""
    """Where it lies there, as far as the system tells."""
    marker: str = ""
    """Their mark of the last change that we have seen."""
    comments_seen: tuple[str, ...] = ()
    reasks: int = 0
    """How often a person was asked there for what the pack already held."""
    reasked: tuple[Reask, ...] = ()
    number: str = ""
    """What people call it there."""
    ours: OurSide = "open"
    """Where our side stood when both were brought together last."""
    key: str = ""
    """Correlation id in the outside system."""
    asked_at: AwareDatetime | None = None
    """When the person was asked whether it works now; None: nobody waits for an answer."""
    answered_at: AwareDatetime | None = None
    """When the person said that it does not."""
    errands: tuple[Errand, ...] = ()
    first_tried_at: AwareDatetime | None = None
    """When making it was first tried: a later try looks whether that one came through."""
    due_at: AwareDatetime | None = None
    """Not to be looked at before; None: at once."""
    moved_at: AwareDatetime | None = None
    """When something last happened on either side."""
    trouble: str = ""
    """Why the outside system could not be reached, in words for an operator; empty: all is well."""
    synced_at: AwareDatetime | None = None
    made_at: AwareDatetime

    def moved_to(self, state: TicketState, at: dt.datetime) -> Ticket:
        """The same in that state: a wait begins, or ends."""
        waits = self.waits
        if waits is not None and (state == "pending") != (self.state == "pending"):
            begun = (*waits, Wait(since=at)) if state == "pending" else waits
            waits = begun if state == "pending" else tuple(
                one.model_copy(update={"until": at}) if one.until is None else one for one in waits
            )  # fmt: skip
        return self.model_copy(update={"state": state, "waits": waits})
