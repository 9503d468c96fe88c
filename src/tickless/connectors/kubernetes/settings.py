"""Settings of one cluster."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """The API server and a token that may list; `token` is a secret reference."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(pattern=r"^https?://[^@\s]+$")
    """The API server, such as `https://10.0.0.1:6443`; inside a cluster `https://kubernetes.default.svc`."""
    token: str
    """Such as `file:/var/run/secrets/kubernetes.io/serviceaccount/token`."""
    ca_file: str = ""
    """The cluster's own certificate authority."""
    namespaces: tuple[str, ...] = Field(default=(), max_length=200)
    """Which namespaces count; none: all but `kube-system`, `kube-public` and `kube-node-lease`."""
    acts_in: tuple[str, ...] = Field(default=(), max_length=200)
    """Namespaces in which workloads may be changed; none: Tickless only reads."""
    most_replicas: int = Field(default=50, ge=1)
    """How many pods a workload may be scaled to."""
    cordon: bool = False
    """Whether nodes may be closed to new pods."""
    pods: bool = True
    """Whether each pod is an item of its own."""
