"""What figures are computed from: how one case went, whether it was lived here or comes from the organisation's past."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

Kind = Literal["incident", "request", "question", "risk", "problem", "change", "alert", "other"]
Outcome = Literal[
    "verified", "confirmed", "assumed", "regressed", "handed_off", "prevented", "muted", "refused", "withdrawn"
]
Pause = tuple[dt.datetime, dt.datetime | None]
"""From when until when (None: to this day) the clock stood, because somebody outside was waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseHistory:
    """One case, told by its stamps (UTC). None and the empty word always mean: nobody has said.

    A figure leaves a case out that lacks what the figure needs, and counts it as missing: it is never guessed.
    """

    id: str
    """`live:<number>` or `past:<id of the ticket>`."""
    number: str
    """As people call it."""
    source: str = "tickless"
    kind: Kind = "incident"
    first_kind: Kind | None = None
    """As it was opened, where it was sorted anew since."""
    began_at: dt.datetime | None = None
    """When the trouble began, as far as a monitor says."""
    opened_at: dt.datetime | None = None
    responded_at: dt.datetime | None = None
    repaired_at: dt.datetime | None = None
    """When what was wrong was mended; the case may have been looked at for longer."""
    ends: tuple[dt.datetime, ...] = ()
    """Every time it was resolved, where that is told."""
    resolved_at: dt.datetime | None = None
    """The last time. None: it is not resolved now."""
    closed_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    """When the house was done with it: it may have handed it to people, who are not."""
    reopened_at: tuple[dt.datetime, ...] = ()
    reopens: int | None = None
    pauses: tuple[Pause, ...] | None = None
    handoffs: int | None = None
    """How often it went from one team to another."""
    level: int | None = None
    """Who resolved it: 0 the house itself or the person, 1 the first people who had it, 2 others after them."""
    outcome: Outcome | None = None
    channel: str = ""
    service: str = ""
    category: str = ""
    first_category: str = ""
    team: str = ""
    person: str = ""
    """Who asked, as an id or pseudonym: only to see whether it is the same again."""
    agent: str = ""
    priority: int | None = None
    first_priority: int | None = None
    priority_changed_at: dt.datetime | None = None
    subject: str = ""
    sla_made: bool | None = None
    sla_due_at: dt.datetime | None = None
    handling_minutes: float | None = None
    """Minutes of people's work on it."""
    declared_minutes: float | None = None
    """Minutes that it saved by the word of its runbook: claimed, never measured."""
    known: bool | None = None
    """Whether it is tied to a problem or known error."""
    knowledge: bool | None = None
    """Whether an article was used."""
    runbook: str = ""
    automated: bool | None = None
    """Whether a runbook did it."""
    false_action: bool | None = None
    """Whether something was done that did not help, or had to be taken back."""
    prevented_hours: float | None = None
    satisfaction: float | None = None
    """1 worst … 5 best."""
    effort: float | None = None
    """1 easy … 5 hard."""
    recommend: float | None = None
    """0 … 10."""
    people: int | None = None
    """How many it kept from their work."""
    silent: bool | None = None
    """Whether it counts as solved only because nobody objected."""

    @property
    def settled(self) -> bool:
        """Whether nobody works on it any more."""
        return self.resolved_at is not None or self.closed_at is not None

    @property
    def over_at(self) -> dt.datetime | None:
        """When the house was done with it, else when it was resolved, else when it was closed."""
        return self.ended_at or self.resolved_at or self.closed_at

    @property
    def first_resolved_at(self) -> dt.datetime | None:
        return min(self.ends, default=self.resolved_at)

    def open_at(self, moment: dt.datetime) -> bool | None:
        """Whether somebody still had to work on it just before a moment: what happened last before it was an opening or a
        reopening. None where nobody says when it was opened."""
        if self.opened_at is None:
            return None
        ends = [at for at in (*self.ends, self.resolved_at, self.closed_at if not self.resolved_at else None) if at]
        last_end = max((at for at in ends if at < moment), default=None)
        last_back = max((at for at in self.reopened_at if at < moment), default=None)
        if self.opened_at >= moment or last_end is None:
            return self.opened_at < moment
        return last_back is not None and last_back >= last_end

    @property
    def times_reopened(self) -> int | None:
        """As the source counts, else as its stamps say; None: nobody has said."""
        return self.reopens if self.reopens is not None else (len(self.reopened_at) or None)

    @property
    def moved_at(self) -> dt.datetime | None:
        """When anything happened to it last; None: it is with somebody still."""
        over = self.resolved_at or self.closed_at
        if over is None or self.opened_at is None or any(back >= over for back in self.reopened_at):
            return None
        last = self.opened_at
        for at in (self.resolved_at, self.closed_at, self.ended_at, *self.reopened_at, *self.ends):
            if at is not None and at > last:
                last = at
        return last

    @property
    def link(self) -> str:
        """Its page in the console."""
        where, _, identity = self.id.partition(":")
        return f"/cases/{identity}" if where == "live" else f"/history/tickets/{identity}"
