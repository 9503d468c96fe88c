"""Shadow mode: what runbooks that only watch would have done is compared with what people did. By the clock, in one process."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from tickless.domain.autonomy import Shadow
from tickless.domain.case import Case
from tickless.domain.plan import Plan
from tickless.domain.runbook import Check
from tickless.flow.rooms import Rooms

GIVEN_UP = dt.timedelta(days=30)
"""After so long without an end nobody compares any more."""
AT_ONCE = 50
ENDED = frozenset({"resolved", "closed"})
Verdict = Literal["same", "different", "unknown"]


class Shadowing:
    """Looks with the runbook's own read-only checks: at its preconditions when it would have begun, and at what it would have
    reached when people have ended the case. Changes nothing but its own record."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def look(self, now: dt.datetime) -> None:
        """Look at the preconditions of new shadows, and compare those whose case is over."""
        with self._rooms.journal.read() as tx:
            found = tx.shadows.where(tx.shadows.table.c.state == "open", order=tx.shadows.table.c.at, limit=AT_ONCE)
            cases = {one.case: tx.cases.get(one.case) for one in found}
            plans = {one.id: made.plan for one in found if (made := tx.decisions.get(one.id)) is not None}
        for one in found:
            plan = plans.get(one.id)
            after = self._begun(one, plan) if one.begins is None and plan is not None else one
            after = self._compared(after, plan, cases[one.case], now)
            if after != one:
                with self._rooms.journal.write() as tx:
                    tx.shadows.put(after)

    def _begun(self, shadow: Shadow, plan: Plan) -> Shadow:
        held = self._held(plan.precheck, plan, key=f"{shadow.id}:begins")
        return shadow if held is None else shadow.model_copy(update={"begins": held})

    def _compared(self, shadow: Shadow, plan: Plan | None, case: Case | None, now: dt.datetime) -> Shadow:
        over = case is not None and case.state in ENDED
        if not over and now - shadow.at < GIVEN_UP:
            return shadow
        verdict, why = self._verdict(shadow, plan) if over else ("unknown", "Nobody ended the case.")
        with self._rooms.journal.read() as tx:
            ran = tuple(dict.fromkeys(run.plan.runbook for run in tx.runs.by(case=shadow.case) if not run.dry_run))
        done = {"state": "compared", "verdict": verdict, "why": why, "people_ran": ran, "compared_at": now}
        return shadow.model_copy(update=done)

    def _verdict(self, shadow: Shadow, plan: Plan | None) -> tuple[Verdict, str]:
        if plan is None or not plan.verify:
            return "unknown", "The runbook has no checks by which to tell."
        held = self._held(plan.verify, plan, key=f"{shadow.id}:after")
        if held is None:
            return "unknown", "What it checks for could not be read."
        if held:
            return "same", "People reached the state that it checks for."
        return "different", "People ended the case without the state that it checks for."

    def _held(self, checks: tuple[Check, ...], plan: Plan, *, key: str) -> bool | None:
        """Whether all hold; None where one cannot be told and none fails."""
        readings = [self._rooms.verify.look(check, inputs=plan.inputs, steps={}, key=f"{key}:{index}").held
                    for index, check in enumerate(checks)]  # fmt: skip
        return False if False in readings else None if None in readings else True
