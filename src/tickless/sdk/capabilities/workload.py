"""`workload.*`: what a cluster runs: restarting, scaling, going back to an earlier revision; nodes closed and opened."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tickless.sdk.capabilities.shape import Shape
from tickless.sdk.operations import Output, Params

NAME = r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$"
Kind = Literal["deployment", "statefulset", "daemonset"]


class WorkloadAsked(Params):
    namespace: str = Field(pattern=NAME)
    name: str = Field(pattern=NAME)
    kind: Kind = "deployment"


class Scale(WorkloadAsked):
    replicas: int = Field(ge=0, le=10_000)


class RollBack(Params):
    """A deployment; `revision` 0: the one before the one in force."""

    namespace: str = Field(pattern=NAME)
    name: str = Field(pattern=NAME)
    revision: int = Field(default=0, ge=0)


class WorkloadState(Output):
    """`settled`: every wanted pod is of the newest revision, ready, and the cluster has seen the newest wish."""

    wanted: int
    ready: int
    updated: int
    settled: bool
    revision: int = 0
    restarted_at: str = ""


class NodeAsked(Params):
    node: str = Field(pattern=NAME)


class SetNode(NodeAsked):
    schedulable: bool


class NodeState(Output):
    ready: bool
    schedulable: bool


SHAPES = (
    Shape("workload.state", "probe", WorkloadAsked, WorkloadState),
    Shape("workload.node", "probe", NodeAsked, NodeState),
    Shape("workload.restart", "action", WorkloadAsked, WorkloadState),
    Shape("workload.scale", "action", Scale, WorkloadState),
    Shape("workload.roll_back", "action", RollBack, WorkloadState),
    Shape("workload.set_schedulable", "action", SetNode, NodeState),
)
