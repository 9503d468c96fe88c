"""Who calls whom → services and edges of the map. Pure.

Who answers requests with spans of their own is a service. Whom they only call by a name, such as a database, counts where that
name is known; else the row waits until somebody gives the name to a service.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence

from tickless.domain.service import Service
from tickless.sdk.capabilities.inventory import FoundEdge, FoundService, Inventory
from tickless.stages.sense.telemetry.calls import Call, Operation

SURE = 0.98
"""The most that traces alone are believed: a name may have been given wrongly."""
LONGEST = 200


def inventory_of(calls: Sequence[Call], operations: Sequence[Operation], *, known: Iterable[Service]) -> Inventory:
    """Not whole: what was not called for a while may still be needed, so an edge only grows stale by its age."""
    known_names = {name.casefold() for one in known for name in (one.id, one.name, *one.aliases)}
    answering = {one.service for one in operations if 0 < len(one.service) <= LONGEST}
    new = sorted(name for name in answering if name.casefold() not in known_names)
    edges = [
        FoundEdge(
            service=call.caller,
            needs=call.callee,
            confidence=sure_of(call.count),
            last_seen=dt.datetime.fromtimestamp(call.last_seen, dt.UTC),
            why=f"{call.count} calls seen, {call.errors} failed",
            place=f"{call.caller[:90]} calls {call.callee[:90]}",
        )
        for call in calls
        if 0 < len(call.caller) <= LONGEST and 0 < len(call.callee) <= LONGEST and 0 < call.last_seen < 1e11
    ]
    services = [FoundService(ref=name, name=name, kind="application", place="traces") for name in new]
    return Inventory(services=tuple(services), edges=tuple(edges), whole=False)


def sure_of(count: int) -> float:
    """How sure an edge is after so many calls: half for one, ever more for more."""
    return round(min(SURE, 1.0 - math.pow(0.5, min(count, 60))), 4)
