"""What people taught of grouping, as it is in force now: kept in memory, because it is asked for every alert."""

from __future__ import annotations

from tickless.journal import Journal
from tickless.kit.clock import Clock
from tickless.stages.correlate.grouping.corrections import NONE, Corrections
from tickless.stages.correlate.regroup.lessons import in_force

MOST = 5_000


class InForce:
    """Call it with a tenant. `look` reads again what was taught and what has faded: by the clock in every process, and at once
    where it was taught."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self._journal = journal
        self._clock = clock
        self._known: dict[str, Corrections] | None = None

    def __call__(self, tenant: str) -> Corrections:
        if self._known is None:
            self.look()
        return (self._known or {}).get(tenant, NONE)

    def look(self) -> None:
        """Read again."""
        now = self._clock.now()
        with self._journal.read() as tx:
            taught = tx.grouping_lessons.by(state="taught", limit=MOST)
        tenants = {one.tenant for one in taught}
        self._known = {name: in_force((one for one in taught if one.tenant == name), now=now) for name in tenants}
