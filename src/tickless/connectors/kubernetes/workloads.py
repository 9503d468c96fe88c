"""Workloads and nodes as the API server tells them, and the patches that change them. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tickless.sdk.capabilities.workload import NodeState, WorkloadState

STEP = "tickless.io/step"
"""On a workload: the key of the step that changed it last, so that a repeated try is known."""
RESTARTED = "kubectl.kubernetes.io/restartedAt"
REVISION = "deployment.kubernetes.io/revision"
HASH = "pod-template-hash"
Thing = Mapping[str, Any]


@dataclass(frozen=True)
class Workload:
    """One deployment, stateful set or daemon set at its path."""

    path: str
    thing: Thing

    def annotation(self, name: str) -> str:
        return _text(_part(self.thing, "metadata", "annotations").get(name))

    @property
    def uid(self) -> str:
        return _text(_part(self.thing, "metadata").get("uid"))

    @property
    def revision(self) -> int:
        """Of a deployment; 0 for the others."""
        return number(self.annotation(REVISION))

    @property
    def wanted(self) -> int:
        spec, status = _part(self.thing, "spec"), _part(self.thing, "status")
        if "desiredNumberScheduled" in status:
            return number(status["desiredNumberScheduled"])
        return number(spec.get("replicas", 1))


def workload_state(workload: Workload) -> WorkloadState:
    """How it stands."""
    meta, status = _part(workload.thing, "metadata"), _part(workload.thing, "status")
    ready = number(status.get("readyReplicas", status.get("numberReady")))
    updated = number(status.get("updatedReplicas", status.get("updatedNumberScheduled")))
    seen = number(status.get("observedGeneration")) >= number(meta.get("generation"))
    template = _part(workload.thing, "spec", "template", "metadata", "annotations")
    return WorkloadState(
        wanted=workload.wanted,
        ready=ready,
        updated=updated,
        settled=seen and ready == workload.wanted and updated >= workload.wanted,
        revision=workload.revision,
        restarted_at=_text(template.get(RESTARTED))[:40],
    )


def node_state(node: Thing) -> NodeState:
    """Whether a node is ready, and takes new pods."""
    told = _part(node, "status").get("conditions")
    conditions = [one for one in told if isinstance(one, Mapping)] if isinstance(told, list) else []
    ready = any(one.get("type") == "Ready" and one.get("status") == "True" for one in conditions)
    return NodeState(ready=ready, schedulable=_part(node, "spec").get("unschedulable") is not True)


def restart_patch(*, now: dt.datetime, key: str) -> dict[str, Any]:
    """What `kubectl rollout restart` does, with the step's key beside it."""
    template = {"metadata": {"annotations": {RESTARTED: now.isoformat(timespec="seconds")}}}
    return {"metadata": {"annotations": {STEP: key}}, "spec": {"template": template}}


def revisions(sets: Sequence[Thing], deployment: Workload) -> dict[int, Thing]:
    """Revision → its replica set, of those that belong to the deployment."""
    found: dict[int, Thing] = {}
    for one in sets:
        told = _part(one, "metadata").get("ownerReferences")
        owners = [owner for owner in told if isinstance(owner, Mapping)] if isinstance(told, list) else []
        revision = number(_part(one, "metadata", "annotations").get(REVISION))
        if revision and deployment.uid and any(owner.get("uid") == deployment.uid for owner in owners):
            found[revision] = one
    return found


def rollback_patch(to: Thing, deployment: Workload, *, key: str) -> list[dict[str, Any]]:
    """The pods of another replica set, without the label by which the cluster told them apart."""
    template = dict(_part(to, "spec", "template"))
    meta = dict(_part(template, "metadata"))
    meta["labels"] = {name: value for name, value in _part(meta, "labels").items() if name != HASH}
    annotations = {**_part(deployment.thing, "metadata", "annotations"), STEP: key}
    return [
        {"op": "replace", "path": "/spec/template", "value": {**template, "metadata": meta}},
        {"op": "add", "path": "/metadata/annotations", "value": annotations},
    ]


def number(value: object) -> int:
    """A count, 0 for what is none."""
    if isinstance(value, bool):
        return 0
    if isinstance(value, int):
        return max(value, 0)
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10 else 0


def _part(thing: Thing, *path: str) -> Thing:
    found: Any = thing
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
