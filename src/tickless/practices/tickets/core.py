"""The conflict rule: two records of one case, and the one move that brings them together (ADR 0015). Pure.

Each side is the system of record for its own fields: who works on it is theirs, whether the person is helped is ours. What is
left is the one thing that both may change, whether it is done:

- only one side changed since they were brought together last: that side is right;
- both did: the later change is right, and of two at the same moment the one that says there is still work to do.

A side being right does not make a case solved. “Done” over there is a question to the person.
"""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime

from tickless.domain.record import Record
from tickless.domain.ticket import OurSide, TicketState

Move = Literal["none", "ask", "take_back", "resolve_there", "open_there", "replace"]
"""Nothing to do · ask the person whether it works · there is work again, with people · resolve their ticket · open their ticket
again · theirs is closed for good: make a new one."""
DONE = frozenset({"resolved", "closed"})


class Standing(Record):
    """Where both sides stand, or stood."""

    ours: OurSide
    theirs: TicketState

    @property
    def done_there(self) -> bool:
        return self.theirs in DONE

    @property
    def agreed(self) -> bool:
        """Both say the same: in the works, done and the person asked, or over."""
        return (self.ours == "open") != self.done_there


def bring_together(
    before: Standing, now: Standing, *, our_change_at: AwareDatetime, their_change_at: AwareDatetime
) -> Move:
    """The move after which both sides say the same, where they do not."""
    if now.agreed:
        return "none"
    if now.ours == "asked":  # they took it up again while the person was being asked
        return "take_back"
    if _theirs_wins(before, now, our_change_at=our_change_at, their_change_at=their_change_at):
        return "ask" if now.done_there else "take_back"
    if now.ours == "solved":
        return "resolve_there"
    return "replace" if now.theirs == "closed" else "open_there"


def _theirs_wins(
    before: Standing, now: Standing, *, our_change_at: AwareDatetime, their_change_at: AwareDatetime
) -> bool:
    ours_changed, theirs_changed = now.ours != before.ours, now.done_there != before.done_there
    if ours_changed != theirs_changed:
        return theirs_changed
    if our_change_at != their_change_at:
        return their_change_at > our_change_at
    return not now.done_there


def after(move: Move, now: Standing) -> Standing:
    """Where both stand once the move is made."""
    match move:
        case "ask":
            return now.model_copy(update={"ours": "asked"})
        case "take_back":
            return now.model_copy(update={"ours": "open"})
        case "resolve_there":
            return now.model_copy(update={"theirs": "resolved"})
        case "open_there" | "replace":
            return now.model_copy(update={"theirs": "open"})
        case _:
            return now
