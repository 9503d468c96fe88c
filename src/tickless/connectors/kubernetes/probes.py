"""What a cluster can be asked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tickless.connectors.kubernetes.client import PATHS, Cluster, connect
from tickless.connectors.kubernetes.objects import Object, objects
from tickless.connectors.kubernetes.reading import read_cluster
from tickless.connectors.kubernetes.workloads import Workload, node_state, workload_state
from tickless.domain.errors import AuthFailed, Rejected
from tickless.sdk import Call, Result, probe
from tickless.sdk.capabilities.inventory import Document, Inventory, InventoryAsked, Misfit
from tickless.sdk.capabilities.workload import NodeAsked, NodeState, WorkloadAsked, WorkloadState

OPTIONAL = frozenset({"Node", "Ingress"})
"""What a token without rights on the whole cluster cannot list."""


@probe("read", params=InventoryAsked, output=Inventory)
def read(call: Call, params: InventoryAsked) -> Result:
    """What runs in the cluster. A kind that the token may not list is said, and then nothing counts as gone."""
    cluster = connect(call)
    things: dict[str, list[Object]] = {}
    misfits = []
    for kind in sorted(PATHS, key=lambda one: one in OPTIONAL):
        try:
            things[kind] = list(objects(kind, cluster.every(kind)))
        except (AuthFailed, Rejected) as error:
            if kind not in OPTIONAL:
                raise
            misfits.append(Misfit(place=PATHS[kind], reason=error.public, mend=f"let the token list {kind}s"))
    settings = call.settings
    found = read_cluster(things, namespaces=settings.namespaces, pods=settings.pods, misfits=misfits, whole=not misfits)
    return _told(found)


@probe("workload", params=WorkloadAsked, output=WorkloadState)
def workload(call: Call, params: WorkloadAsked) -> Result:
    """How many pods a workload wants and has, and whether its last change is through."""
    state = workload_state(workload_of(connect(call), params))
    told = f"{state.ready} of {state.wanted} ready, {'settled' if state.settled else 'not settled'}"
    return Result(output=state, summary=told)


@probe("node", params=NodeAsked, output=NodeState)
def node(call: Call, params: NodeAsked) -> Result:
    """Whether a node is ready, and takes new pods."""
    state = node_state(node_of(connect(call), params))
    return Result(output=state, summary="the node is ready" if state.ready else "the node is not ready")


def workload_of(cluster: Cluster, params: WorkloadAsked) -> Workload:
    """One workload. Raises `Rejected` when there is none."""
    path = f"/apis/apps/v1/namespaces/{params.namespace}/{params.kind}s/{params.name}"
    return Workload(path, cluster.one(path))


def node_of(cluster: Cluster, params: NodeAsked) -> Mapping[str, Any]:
    """One node. Raises `Rejected` when there is none."""
    return cluster.one(f"/api/v1/nodes/{params.node}")


@probe("parse", params=Document, output=Inventory)
def parse(call: Call, params: Document) -> Result:
    """`kubectl get nodes,pods,services,deployments,… -A -o json`, or any List of objects."""
    try:
        body = json.loads(params.text)
    except (ValueError, RecursionError):
        misfit = Misfit(place=params.name or "the file", reason="is no JSON", mend="kubectl get … -A -o json")
        return _told(Inventory(misfits=(misfit,), whole=False))
    things: dict[str, list[Object]] = {}
    for one in objects("", _items(body)):
        things.setdefault(one.kind, []).append(one)
    return _told(read_cluster(things, whole=False))


def _items(body: Any) -> Iterator[Any]:
    items = body.get("items") if isinstance(body, Mapping) else body
    if isinstance(items, list):
        yield from items
    elif isinstance(body, Mapping):
        yield body


def _told(found: Inventory) -> Result:
    told = f"{len(found.services)} services, {len(found.edges)} edges, {len(found.items)} items"
    return Result(output=found, summary=told)
