"""Records to put into a journal."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tickless.domain.case import Case, Impact
from tickless.domain.plan import Plan, Run
from tickless.domain.receipt import Receipt, UndoStep
from tickless.domain.record import Untrusted
from tickless.domain.runbook import Check, Step
from tickless.domain.signal import Signal
from tickless.kit.ids import new_id

NOW = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)


def signal(**given: Any) -> Signal:
    identity = new_id("sig")
    values: dict[str, Any] = {"id": identity, "source": "monitor", "event_key": identity, "kind": "alert",
                              "state": "firing", "fingerprint": "fp", "occurred_at": NOW, "received_at": NOW,
                              "title": Untrusted("a trouble")}  # fmt: skip
    return Signal(**{**values, **given})


def case(number: int, **given: Any) -> Case:
    values: dict[str, Any] = {"id": f"case_{number:04}", "number": number, "kind": "incident", "need": "service_down",
                              "title": Untrusted("shop is down"), "subject": "service:shop", "service": "shop",
                              "door": "machine", "impact": Impact(priority=2, reason="important"), "opened_at": NOW,
                              "updated_at": NOW + number * SECOND}  # fmt: skip
    return Case(**{**values, **given})


def plan(**given: Any) -> Plan:
    values: dict[str, Any] = {"case": "case_0001", "runbook": "service.restart", "revision": "1.0.0", "title": "Restart",
                              "effect": "change", "reversible": False, "inputs": {"service": {"id": "shop"}},
                              "subject": "service:shop", "precheck": (),
                              "steps": (Step(id="restart", uses="process.restart"),),
                              "verify": (Check(uses="health.check", expect="${{ result.healthy }}"),),
                              "targets": ("service:shop",)}  # fmt: skip
    return Plan(**{**values, **given})


def run(identity: str = "run_1", **given: Any) -> Run:
    made = given.pop("plan", plan())
    return Run(**{"id": identity, "case": made.case, "plan": made, "plan_hash": made.hash, "state": "running",
                  "started_at": NOW, **given})  # fmt: skip


def receipt(step: str, *, at: dt.datetime = NOW, **given: Any) -> Receipt:
    values: dict[str, Any] = {"key": f"run_1:{step}", "run": "run_1", "step": step, "uses": "a.b", "state": "done",
                              "changed": True, "undo": UndoStep.model_validate({"uses": "a.c", "with": {"x": 1}}),
                              "started_at": at}  # fmt: skip
    return Receipt(**{**values, **given})
