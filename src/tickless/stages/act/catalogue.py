"""What a runbook may use: every operation by name, with its typed ends and what it promises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tickless.domain.runbook import Effect
from tickless.sdk.capabilities import CAPABILITIES
from tickless.sdk.operations import Output, Params
from tickless.sdk.registry import Registry
from tickless.stages.act.catalogue_house import HOUSE_OPERATIONS

RANK: Mapping[Effect, int] = {"read": 0, "change": 1, "destroy": 2}


@dataclass(frozen=True)
class OperationType:
    """One operation as the compiler sees it. `undo`: the operation that takes it back, `irreversible: why`, or nothing."""

    name: str
    kind: Literal["action", "probe"]
    effect: Effect
    params: type[Params]
    output: type[Output]
    undo: str = ""
    idempotent: bool = True


OperationCatalogue = Mapping[str, OperationType]
"""Name → operation."""

_UNDO = {
    "directory.add_to_group": "directory.remove_from_group",
    "directory.remove_from_group": "directory.add_to_group",
    "directory.set_enabled": "directory.set_enabled",
    "endpoint.install": "endpoint.uninstall",
    "endpoint.uninstall": "endpoint.install",
    "process.start": "process.stop",
    "process.stop": "process.start",
    "mailbox.set_quota": "mailbox.set_quota",
    "mailbox.create": "mailbox.delete",
    "release.roll_back": "release.roll_back",
    "balancer.set_server": "balancer.set_server",
    "dns.set_record": "dns.set_record",
    "workload.scale": "workload.scale",
    "workload.roll_back": "workload.roll_back",
    "workload.set_schedulable": "workload.set_schedulable",
    "directory.create_account": "directory.delete_account",
}
"""What takes a capability back wherever it is connected. The rest has to say in each runbook why it cannot be."""


def shipped_catalogue() -> OperationCatalogue:
    """The vendor-neutral capabilities and the operations of the house itself: enough to check the runbooks that ship."""
    found = {
        shape.name: OperationType(
            name=shape.name,
            kind=shape.kind,
            effect="read" if shape.kind == "probe" else "change",
            params=shape.params,
            output=shape.output,
            undo=_UNDO.get(shape.name, ""),
        )
        for shape in CAPABILITIES.values()
    }
    for built in HOUSE_OPERATIONS:
        found[built.name] = OperationType(
            name=built.name,
            kind=built.kind,
            effect=built.effect,
            params=built.params,
            output=built.output,
            undo=built.undo,
        )
    return found


def catalogue_of(registry: Registry) -> OperationCatalogue:
    """`shipped_catalogue`, and every operation of the configured connectors. Where a connector stands behind a capability
    its own promise counts, except that it cannot make the effect smaller."""
    found = dict(shipped_catalogue())
    for name in registry.names():
        bound = registry.find(name)
        kind: Literal["action", "probe"] = "probe" if bound.operation.kind == "probe" else "action"
        known = found.get(name)
        effect: Effect = "read" if kind == "probe" else bound.promise.effect
        if known is not None:
            effect = max(effect, known.effect, key=RANK.__getitem__)
        found[name] = OperationType(
            name=name,
            kind=kind,
            effect=effect,
            params=bound.operation.params,
            output=bound.operation.output,
            undo=bound.promise.undo or (known.undo if known else ""),
            idempotent=bound.promise.idempotent,
        )
    return found
