"""The pause before a case for alerts that usually heal alone: set by rules, or learnt from how such alerts went. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import Field

from tickless.domain.habit import STEPS, Habit
from tickless.domain.record import Record
from tickless.domain.signal import Severity

ENOUGH = 20
"""Alerts of a kind from which anything is learnt."""
SHARE = 0.8
"""The share that has to heal alone within the pause, at the lower end of what is plausible."""
_Z = 1.645
"""One-sided 95 %."""


class PauseRule(Record):
    """A pause that somebody sets. Empty fields fit anything; the first rule that fits holds. `seconds` 0: never wait."""

    source: str = ""
    need: str = Field(default="", alias="class")
    severity: Severity | None = None
    seconds: float = Field(ge=0, le=3_600)

    def fits(self, *, source: str, need: str, severity: str | None) -> bool:
        return (
            self.source in {"", source}
            and self.need in {"", need}
            and (self.severity is None or self.severity == severity)
        )


@dataclass(frozen=True)
class Pause:
    """How long to wait, in seconds, and why."""

    seconds: float
    why: str


def pause_for(
    rules: Sequence[PauseRule],
    habit: Habit | None,
    *,
    source: str,
    need: str,
    severity: str | None,
    learns: bool = True,
) -> Pause | None:
    """The pause for an alert that begins to fire; None: none. What is critical never waits unless a rule names its severity."""
    for rule in rules:
        if rule.fits(source=source, need=need, severity=severity):
            if severity == "critical" and rule.severity != "critical":
                continue
            return Pause(rule.seconds, "A rule says to wait for it.") if rule.seconds else None
    if severity in {"critical", None} or not learns or habit is None:
        return None
    return learnt(habit)


def learnt(habit: Habit) -> Pause | None:
    """The shortest pause within which such alerts surely enough heal alone."""
    if habit.seen < ENOUGH:
        return None
    healed = 0
    for seconds, count in zip(STEPS, habit.healed, strict=True):
        healed += count
        if least_share(healed, habit.seen) >= SHARE:
            return Pause(seconds, f"{healed} of {habit.seen} alerts like it healed alone within {seconds:.0f} s.")
    return None


def least_share(hits: int, of: int) -> float:
    """The lower end of Wilson's interval (1927) for a share."""
    if of == 0:
        return 0.0
    share, z2 = hits / of, _Z * _Z
    middle = share + z2 / (2 * of)
    spread = _Z * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return max(0.0, (middle - spread) / (1 + z2 / of))


def seen_more(habit: Habit, *, seconds: float, alone: bool) -> Habit:
    """One more alert of the kind is over: how long it fired, and whether it healed alone. Old ones count less and less."""
    seen, healed = habit.seen + 1, list(habit.healed)
    if alone:
        step = next((index for index, most in enumerate(STEPS) if seconds <= most), None)
        if step is not None:
            healed[step] += 1
    if seen > 400:
        seen, healed = seen // 2, [count // 2 for count in healed]
    return habit.model_copy(update={"seen": seen, "healed": tuple(healed)})
