"""What is the same wherever a payload comes in: hand it to the desk, count it, and tell what could not be read."""

from __future__ import annotations

from tickless.domain.signal import Payload
from tickless.doors.entrance.problems import PutAside
from tickless.doors.hooks.metrics import Received
from tickless.doors.hooks.reading import of_no_source
from tickless.flow.desk.promise import Accepted, Desk


async def take_in(payload: Payload, *, desk: Desk, received: Received, bound: bool) -> Accepted:
    """Hand in a payload; returns after it is durable. `bound`: it came by the token of that very source.

    Raises `PutAside` when nothing in it was new and something could not be read, and whatever the desk raises."""
    accepted = await desk.receive(payload if bound else of_no_source(payload))
    if accepted.quarantined is not None:
        received.quarantined(payload.source)
    if accepted.quarantined is not None and not accepted.new:
        reason = accepted.reason or "this cannot be read"
        raise PutAside(reason, quarantined=accepted.quarantined, mend=accepted.mend or "")
    received.accepted(payload.source, accepted.received)
    return accepted
