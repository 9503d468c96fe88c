"""What can be done in a cluster, in the namespaces that the settings name: restart, scale, roll back; and cordon nodes."""

from __future__ import annotations

from typing import Any

from tickless.connectors.kubernetes.client import Cluster, connect
from tickless.connectors.kubernetes.probes import node_of, workload_of
from tickless.connectors.kubernetes.settings import Settings
from tickless.connectors.kubernetes.workloads import (
    STEP,
    Workload,
    node_state,
    restart_patch,
    revisions,
    rollback_patch,
    workload_state,
)
from tickless.domain.errors import Rejected
from tickless.domain.receipt import UndoStep
from tickless.sdk import Call, Result, action
from tickless.sdk.capabilities.workload import (
    NodeAsked,
    NodeState,
    RollBack,
    Scale,
    SetNode,
    WorkloadAsked,
    WorkloadState,
)


@action("restart", params=WorkloadAsked, output=WorkloadState)
def restart(call: Call, params: WorkloadAsked) -> Result:
    """Begin a rolling restart. One that an earlier try of this step began is left alone."""
    cluster, before = _mine(call, params)
    if before.annotation(STEP) == call.key:
        return Result(output=workload_state(before), summary="an earlier try of this step had begun the restart")
    if call.dry_run:
        return Result(output=workload_state(before), changed=True, summary="would begin a rolling restart")
    cluster.patch(before.path, restart_patch(now=call.now, key=call.key), form="strategic-merge-patch")
    return Result(output=workload_state(workload_of(cluster, params)), changed=True, summary="began a rolling restart")


@action("scale", params=Scale, output=WorkloadState)
def scale(call: Call, params: Scale) -> Result:
    """Set how many pods a workload wants."""
    settings: Settings = call.settings
    cluster, before = _mine(call, params)
    if params.kind == "daemonset":
        raise Rejected("a daemon set has one pod on each node, and no number to set")
    if params.replicas > settings.most_replicas:
        raise Rejected("that is more than may be asked for", detail=f"{params.replicas} of {settings.most_replicas}")
    if before.wanted == params.replicas:
        return Result(output=workload_state(before), summary=f"{params.replicas} were wanted already")
    if call.dry_run:
        return Result(output=workload_state(before), changed=True, summary=f"would ask for {params.replicas}")
    cluster.patch(f"{before.path}/scale", {"spec": {"replicas": params.replicas}})
    undo = UndoStep(uses=f"{call.instance.name}.scale", with_={**params.model_dump(), "replicas": before.wanted})
    after = workload_state(workload_of(cluster, params))
    return Result(output=after, changed=True, summary=f"{after.wanted} are wanted now", undo=undo)


@action("roll_back", params=RollBack, output=WorkloadState)
def roll_back(call: Call, params: RollBack) -> Result:
    """Give a deployment the pods of an earlier revision again: the one before this, or the one that is named."""
    asked = WorkloadAsked(namespace=params.namespace, name=params.name)
    cluster, before = _mine(call, asked)
    if before.annotation(STEP) == call.key:
        return Result(output=workload_state(before), summary="an earlier try of this step had rolled it back")
    known = revisions(cluster.every("ReplicaSet", namespace=params.namespace), before)
    wanted = params.revision or max((number for number in known if number < before.revision), default=0)
    if wanted == before.revision:
        return Result(output=workload_state(before), summary=f"revision {wanted} is in force already")
    if wanted not in known:
        raise Rejected("the cluster keeps no such revision", detail=f"revision {wanted} of {sorted(known)}"[:200])
    if call.dry_run:
        return Result(output=workload_state(before), changed=True, summary=f"would go back to revision {wanted}")
    cluster.patch(before.path, rollback_patch(known[wanted], before, key=call.key), form="json-patch")
    undo = UndoStep(
        uses=f"{call.instance.name}.roll_back",
        with_={"namespace": params.namespace, "name": params.name, "revision": before.revision},
    )
    after = workload_state(workload_of(cluster, asked))
    return Result(output=after, changed=True, summary=f"went back to what was revision {wanted}", undo=undo)


@action("set_schedulable", params=SetNode, output=NodeState)
def set_schedulable(call: Call, params: SetNode) -> Result:
    """Cordon a node (no new pods), or open it again. Pods that run there are left alone."""
    settings: Settings = call.settings
    if not settings.cordon:
        raise Rejected("nodes may not be cordoned", mend="set `cordon` in the settings")
    cluster = connect(call)
    before = node_state(node_of(cluster, NodeAsked(node=params.node)))
    word = "takes new pods" if params.schedulable else "takes no new pods"
    if before.schedulable == params.schedulable:
        return Result(output=before, summary=f"the node {word} already")
    if call.dry_run:
        return Result(output=before, changed=True, summary=f"would see to it that the node {word}")
    body: dict[str, Any] = {"spec": {"unschedulable": None if params.schedulable else True}}
    cluster.patch(f"/api/v1/nodes/{params.node}", body)
    undo = UndoStep(
        uses=f"{call.instance.name}.set_schedulable", with_={"node": params.node, "schedulable": before.schedulable}
    )
    after = node_state(node_of(cluster, NodeAsked(node=params.node)))
    return Result(output=after, changed=True, summary=f"the node {word} now", undo=undo)


def _mine(call: Call, params: WorkloadAsked) -> tuple[Cluster, Workload]:
    """A workload in a namespace where acting is allowed. Raises `Rejected` for every other: default deny."""
    settings: Settings = call.settings
    if params.namespace not in settings.acts_in:
        raise Rejected(
            "nothing may be changed in that namespace", detail=f"namespace {params.namespace!r}", mend="see `acts_in`"
        )
    cluster = connect(call)
    return cluster, workload_of(cluster, params)
