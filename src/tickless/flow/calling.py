"""Before each effect of a run the policies are asked whether this runbook may still do that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tickless.domain.brake import services_of
from tickless.domain.plan import Run
from tickless.domain.runbook import Runbook
from tickless.domain.world import World
from tickless.sdk.registry import BoundOperation
from tickless.stages.act.service import Forbidden
from tickless.stages.decide.policy import PolicyEngine
from tickless.stages.decide.policy_requests import Principal, Resource


def operation_of(bound: BoundOperation) -> Resource:
    """What a connector, or the house, can do, as policy sees it: by its neutral name where it has one."""
    return Resource.operation(bound.promise.capability or bound.full_name, connector=bound.instance.name,
                              effect=bound.promise.effect)  # fmt: skip


def asking_policy(policy: PolicyEngine, runbooks: Mapping[str, Runbook], world: Callable[[], World]) -> Forbidden:
    """A set of an older release, whose schema has no such action, says nothing of it: the decision was all that it asked."""

    def forbidden(run: Run, bound: BoundOperation, service: str | None) -> str:
        if not policy.policies.knows("call"):
            return ""
        plan, known = run.plan, runbooks.get(run.plan.runbook)
        about = plan.subject.partition(":")[0]
        principal = Principal.runbook(known) if known else Principal.planned(plan.runbook, about=about)
        there = [one for name in services_of(plan, case_service=service) if (one := world().services.get(name))]
        most = min(there, key=lambda one: one.criticality or 1, default=None)
        context: dict[str, Any] = {"effect": plan.effect, "reversible": plan.reversible, "criticality": 3}
        if most is not None:
            context |= {"criticality": most.criticality or 1, "environment": most.environment or "prod"}
        ruling = policy.may(principal=principal, action="call", resource=operation_of(bound), context=context)
        return "" if ruling.allowed else " ".join(reason.text for reason in ruling.reasons)

    return forbidden
