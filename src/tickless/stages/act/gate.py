"""What every effect passes before it begins: brakes, dated rules, the targets' breakers and limits, and their locks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tickless.domain.brake import BrakeSettings, holding_rule, services_of, switches_of
from tickless.domain.plan import Plan, Run, runbooks_of
from tickless.journal import Tx
from tickless.stages.act import breaker

LOCK_SLACK = 15.0
"""Seconds that a lock on a target outlives the step's own time-out, and what the run still does there by itself."""
LONGEST_LOCK = 3_600.0
LOOK_AGAIN = 2.0
LONGEST_PAUSE = 30.0
"""Seconds at most until a run that is held up looks again."""


def brake_on(tx: Tx, run: Run, *, now: dt.datetime, begun: bool, service: str | None) -> str | None:
    """Which brake forbids this run a change now, in one sentence; None: none does. `service`: the case's own."""
    runbooks, services = runbooks_of(run.plan), services_of(run.plan, case_service=service)
    names = switches_of(runbooks, services)
    switch = next((one for one in tx.coordination.switches() if one.on and one.name in names), None)
    if switch is not None:
        return f"{switch.by} set the brake {switch.name!r}: {switch.reason}"
    rule = holding_rule(tx.rules_now(now), runbooks=runbooks, services=services, now=now, begun=begun)
    if rule is None:
        return None
    if rule.kind == "window":
        return f"“{rule.title}”: changes are made {rule.hours} only"
    return f"“{rule.title}”: nothing is changed until {rule.ends_at:%Y-%m-%d %H:%M} UTC" if rule.ends_at else rule.title


def attention(plan: Plan) -> float:
    """Seconds at most that a run is at its targets by itself beside its effects: it waits, waits for a state, and reads back.
    So long nobody else changes them. While it waits for people they are let go: that may take days."""
    waits = sum((step.wait or 0.0) + (step.wait_for.within if step.wait_for else 0.0) for step in plan.steps)
    return waits + sum(check.within + check.steady for check in plan.verify)


@dataclass(frozen=True)
class Touch:
    """The records that an effect touches: `locked` for the run, `watched` by their breakers. `begun`: the run has changed
    something already."""

    locked: tuple[str, ...]
    watched: tuple[str, ...]
    begun: bool


class Gate:
    """Inside the caller's transaction. What it answers is for the flow: braked or busy, with the seconds to wait."""

    def __init__(self, rules: BrakeSettings) -> None:
        self._rules = rules

    def enter(
        self, tx: Tx, run: Run, touch: Touch, *, now: dt.datetime, timeout: float, first: bool
    ) -> dict[str, Any] | None:
        """None: go on, and the targets are locked. `first`: this effect has not begun before."""
        service = tx.cases.need(run.case).service
        brake = brake_on(tx, run, now=now, begun=touch.begun, service=service)
        if brake is not None:
            return {"state": "braked", "after": LOOK_AGAIN, "error": brake}
        states = {target: tx.targets.get(target[:200]) or breaker.fresh(target[:200], now) for target in touch.watched}
        for state in states.values():
            held = breaker.pause(state, run=run.id, now=now, rules=self._rules) if first else None
            if held is not None:
                return {"state": "busy", "after": min(LONGEST_PAUSE, max(1.0, held.seconds)), "error": held.why}
        for target in sorted(touch.locked):  # one order for everybody, so that two runs never wait for each other
            seconds = min(timeout + attention(run.plan), LONGEST_LOCK) + LOCK_SLACK
            if not tx.coordination.take_lease(f"target:{target}"[:200], holder=run.id, now=now, seconds=seconds):
                return {"state": "busy", "after": 1.0, "error": f"another run works on {target}"}
        if first:
            for state in states.values():
                tx.targets.put(breaker.begin(state, run=run.id, now=now))
        return None

    def failed(self, tx: Tx, run: Run, targets: Sequence[str], *, key: str, error: str, now: dt.datetime) -> None:
        """What was tried on these targets did not work."""
        for target in targets:
            state = tx.targets.get(target[:200], lock=True) or breaker.fresh(target[:200], now)
            after = breaker.fail(state, key=key, error=error, now=now, rules=self._rules)
            tx.targets.put(after)
            if after.trips > state.trips:
                tx.audit.append(
                    at=now,
                    actor="tickless",
                    action="target.left_alone",
                    subject=target,
                    case=run.case,
                    detail={
                        "failures": after.failures,
                        "until": after.rests_until and after.rests_until.isoformat(),
                        "error": after.last_error,
                    },
                )

    def held(self, tx: Tx, targets: Sequence[str], *, key: str, now: dt.datetime) -> None:
        """What was done to these targets was read back and held."""
        for target in targets:
            state = tx.targets.get(target[:200], lock=True)
            if state is not None:
                tx.targets.put(breaker.succeed(state, key=key, now=now))
