"""The circuit breaker and the rate limit of one target. Pure: from how it went to whether it may be changed now."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tickless.domain.brake import BrakeSettings, TargetState

TRIAL = dt.timedelta(minutes=10)
"""How long the one run of a half-open breaker has for its try."""
HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Pause:
    """Leave the target alone for `seconds`, because of `why`."""

    seconds: float
    why: str


def fresh(target: str, now: dt.datetime) -> TargetState:
    """A target that nobody has changed yet."""
    return TargetState(id=target, updated_at=now)


def pause(state: TargetState, *, run: str, now: dt.datetime, rules: BrakeSettings) -> Pause | None:
    """Why this run may not change the target now, and for how long; None: it may."""
    if state.is_open(now) and state.trial != run:
        ends = max(one for one in (state.rests_until, state.trial_until) if one is not None)
        why = f"{state.id} failed {state.failures} times in a row and is left alone"
        return Pause((ends - now).total_seconds(), why)
    recent = [one for one in state.recent if now - one < HOUR]
    if len(recent) >= rules.changes_per_hour:
        why = f"{state.id} was changed {len(recent)} times within the hour, and no more is allowed"
        return Pause((min(recent) + HOUR - now).total_seconds(), why)
    return None


def begin(state: TargetState, *, run: str, now: dt.datetime) -> TargetState:
    """A change begins. With the breaker half open this is its one try."""
    recent = tuple(one for one in state.recent if now - one < HOUR)[-1_000:]
    trial = {"trial": run, "trial_until": now + TRIAL} if state.opened_at is not None else {}
    return state.model_copy(update={"recent": (*recent, now), "updated_at": now, **trial})


def succeed(state: TargetState, *, key: str, now: dt.datetime) -> TargetState:
    """It was read back and held: the breaker closes. The same `key` counts once."""
    if key in state.counted:
        return state
    return TargetState(id=state.id, recent=state.recent, updated_at=now, counted=_counted(state, key))


def fail(state: TargetState, *, key: str, error: str, now: dt.datetime, rules: BrakeSettings) -> TargetState:
    """It failed: after so many in a row, or at its try, the breaker opens. The same `key` counts once."""
    if key in state.counted:
        return state
    failures = state.failures + 1
    told: dict[str, object] = {"failures": failures, "last_error": error[:300], "updated_at": now}
    if failures >= rules.failures:
        rest = min(rules.longest, rules.rest * 2.0 ** min(state.trips, 20))
        told |= {"trips": state.trips + 1, "opened_at": now, "rests_until": now + dt.timedelta(seconds=rest)}
        told |= {"trial": None, "trial_until": None}
    return state.model_copy(update={**told, "counted": _counted(state, key)})


def _counted(state: TargetState, key: str) -> tuple[str, ...]:
    return (*state.counted[-19:], key)
