"""Who a visitor is when they put cases together and apart: policy decides by person and roles."""

from __future__ import annotations

from tickless.domain.errors import Forbidden
from tickless.doors.entrance.visitor import Visitor
from tickless.flow.desk.regroup import Mover


def mover(visitor: Visitor) -> Mover:
    """Raises `Forbidden` for a token that may only read."""
    if not (visitor.may("act") or visitor.may("chat")):
        raise Forbidden("this token may only read", mend="use a token with the scope `act`")
    return Mover(visitor.actor, visitor.person, frozenset(visitor.roles), "signed_in")
