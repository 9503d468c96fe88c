"""Brakes, told honestly: who waits behind one hears why, once, and that nothing is lost. In the caller's transaction."""

from __future__ import annotations

import datetime as dt

from tickless.domain.case import Case
from tickless.domain.decision import Decision
from tickless.flow.saying import phrases
from tickless.flow.saying.conversation import say
from tickless.journal import Tx

HALFWAY = "Changes are paused at the moment."


def tell_paused(tx: Tx, case: Case, decision: Decision, *, now: dt.datetime) -> None:
    """Say that a brake holds this case up, if it does."""
    why = [one.text for one in decision.reasons if one.policy.startswith("brakes.") and one.effect == "forbid"]
    if decision.kind == "wait" and why:
        _say(tx, case, why[0], now=now)


def tell_paused_halfway(tx: Tx, case: Case, *, now: dt.datetime) -> None:
    """Say that a run stands still between two of its steps."""
    _say(tx, case, HALFWAY, now=now)


def _say(tx: Tx, case: Case, why: str, *, now: dt.datetime) -> None:
    key = f"{case.id}:{case.generation}:paused"
    say(tx, conversation=case.conversation, case=case, text=phrases.paused(why), key=key, at=now)
