"""What a week is told from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tickless.domain.case import Case
from tickless.domain.foretold import Foretold
from tickless.domain.hold import Hold
from tickless.domain.measure import Resolution
from tickless.domain.sighting import Sighting
from tickless.domain.world import World
from tickless.journal.alerts import Alert
from tickless.stages.measure.week.transitions import Key, Transition


@dataclass(frozen=True)
class Facts:
    """`cases`: opened in the span, or still to be worked on at its end. `alerts`: as they stood when it was read."""

    since: dt.datetime
    until: dt.datetime
    transitions: Sequence[Transition] = ()
    alerts: Mapping[Key, Alert] = field(default_factory=dict)
    cases: Sequence[Case] = ()
    resolutions: Sequence[Resolution] = ()
    holds: Sequence[Hold] = ()
    forecasts: Sequence[Sighting] = ()
    foretold: Sequence[Foretold] = ()
    """Forecasts as they were said first, with what became of them: said in the span, ended in it, or still ahead."""
    doubts: int = 0
    """Pairs of cases that look like one and were not decided."""
    quarantined: Mapping[str, int] = field(default_factory=dict)
    """Source → payloads that wait there."""
    world: World = field(default_factory=World)

    def name(self, service: str | None) -> str:
        """What people call a service."""
        known = self.world.services.get(service or "")
        return known.name if known else (service or "an unknown service")


def opened(facts: Facts, door: str | None = None) -> list[Case]:
    """Cases that began in the span, and were not found to be part of another one."""
    return [
        one for one in facts.cases
        if facts.since <= one.opened_at < facts.until and one.state != "merged" and door in {None, one.door}
    ]  # fmt: skip
