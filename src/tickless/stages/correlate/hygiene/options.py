"""What an operator may set about holding alerts back."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from tickless.domain.record import Record
from tickless.stages.correlate.hygiene.damping import Damping
from tickless.stages.correlate.hygiene.judging import Rules
from tickless.stages.correlate.hygiene.pausing import PauseRule
from tickless.stages.correlate.hygiene.silencing import Limits


class HygieneSettings(Record):
    """What holds alerts back from cases. Times are seconds."""

    damp: bool = True
    """Hold back what comes and goes again and again."""
    half_life: float = Field(default=900.0, ge=10, le=86_400)
    """In which the penalty for coming back halves; each return adds 1."""
    suppress: float = Field(default=4.0, ge=2, le=1_000)
    """Penalty from which on an alert is held back."""
    reuse: float = Field(default=1.0, ge=0.1, le=100)
    """Penalty below which it is free again."""
    longest_damped: float = Field(default=7_200.0, ge=60, le=86_400)
    """So long at most; then it becomes a case, if it fires."""
    pauses: tuple[PauseRule, ...] = ()
    """Pauses before a case is opened: `source`, `class`, `severity` (each may be left out), `seconds`; the first that fits."""
    learn_pauses: bool = True
    """Learn pauses from alerts that usually heal alone; never for what is critical."""
    inhibit: bool = True
    """Hold back what is down only because something that it needs, or runs on, is known to be down."""
    grace: float = Field(default=90.0, ge=0, le=3_600)
    """For what was inhibited to come back, once what it needs is back."""
    longest_silence: float = Field(default=2_592_000.0, ge=60, le=31_536_000)
    """A silence, and each extension of one, lasts at most so long."""

    def rules(self) -> Rules:
        damping = Damping(
            half_life=dt.timedelta(seconds=self.half_life),
            suppress=self.suppress,
            reuse=min(self.reuse, self.suppress / 2),
            longest_quiet=dt.timedelta(seconds=self.half_life * 8 / 3),
            longest=dt.timedelta(seconds=self.longest_damped),
        )
        return Rules(
            damping=damping if self.damp else None,
            pauses=self.pauses,
            learns=self.learn_pauses,
            inhibits=self.inhibit,
            limits=Limits(dt.timedelta(seconds=self.longest_silence)),
            grace=dt.timedelta(seconds=self.grace),
        )
