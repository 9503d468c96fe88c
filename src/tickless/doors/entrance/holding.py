"""Who wants to hold alerts back, or hand them back: policy decides; a token needs the scope to act besides."""

from __future__ import annotations

from tickless.domain.errors import Forbidden
from tickless.doors.entrance.visitor import Visitor
from tickless.flow.keeping import Keeper


def keeper_of(visitor: Visitor) -> Keeper:
    """The visitor as policy knows them. Raises `Forbidden` for a token that may not act."""
    if visitor.kind == "token" and not visitor.may("act"):
        raise Forbidden("this token may not act", mend="make one that may: tickless token create --scope act")
    known = visitor.user is not None
    return Keeper(visitor.actor, visitor.person, frozenset(visitor.roles), "signed_in" if known else "none")
