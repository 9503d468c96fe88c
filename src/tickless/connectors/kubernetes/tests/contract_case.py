"""A small API server: lists of a shop's objects in the shapes of the published API, page by page, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tickless.sdk.testing import Answer, Asked, ContractCase, World, http_faults, serve

SECRETS = {"CLUSTER_TOKEN": "k8s-7140-very-secret-word"}
PASSWORD = "hunter2-of-the-orders-database"


def workload(name: str, *, app: str, namespace: str = "shop", env: dict[str, str] | None = None) -> dict[str, Any]:
    container = {
        "name": app,
        "image": f"shop/{app}:1",
        "env": [{"name": n, "value": v} for n, v in (env or {}).items()],
    }
    return {
        "metadata": {"name": name, "namespace": namespace, "labels": {"app.kubernetes.io/part-of": "shop", "team": "web"}},
        "spec": {"template": {"metadata": {"labels": {"app": app}}, "spec": {"containers": [container]}}},
    }  # fmt: skip


def service(name: str, app: str, namespace: str = "shop") -> dict[str, Any]:
    return {
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"selector": {"app": app}, "ports": [{"port": 80}]},
    }


def owned(name: str, kind: str, owner: str, **spec: Any) -> dict[str, Any]:
    owners = [{"apiVersion": "apps/v1", "kind": kind, "name": owner, "controller": True}]
    return {"metadata": {"name": name, "namespace": "shop", "ownerReferences": owners}, "spec": spec, "status": {}}


def backend(name: str) -> dict[str, Any]:
    return {"path": "/", "pathType": "Prefix", "backend": {"service": {"name": name, "port": {"number": 80}}}}


LISTS: dict[str, list[dict[str, Any]]] = {
    "/api/v1/nodes": [{"metadata": {"name": "worker-1"}, "status": {"nodeInfo": {"kubeletVersion": "v1.34.1"}}}],
    "/api/v1/services": [service("shop", "web"), service("orders", "orders"), service("db", "db")],
    "/api/v1/pods": [owned("web-6f-x2", "ReplicaSet", "web-6f", nodeName="worker-1"), owned("db-0", "StatefulSet", "db")],
    "/apis/apps/v1/deployments": [
        workload("web", app="web", env={"ORDERS_URL": "http://orders:8080/v1", "SEARCH": "https://search.example.com/"}),
        workload("orders", app="orders", env={"DB": f"postgres://app:{PASSWORD}@db.shop.svc.cluster.local:5432/orders"}),
        workload("coredns", app="dns", namespace="kube-system"),
    ],
    "/apis/apps/v1/statefulsets": [workload("db", app="db")],
    "/apis/apps/v1/daemonsets": [],
    "/apis/apps/v1/replicasets": [owned("web-6f", "Deployment", "web")],
    "/apis/networking.k8s.io/v1/ingresses": [
        {"metadata": {"name": "front", "namespace": "shop"},
         "spec": {"rules": [{"host": "shop.example.com", "http": {"paths": [backend("shop")]}}]}},
    ],
}  # fmt: skip


def answer(asked: Asked, *, deny: str = "") -> Answer:
    """One object a page, so that paging is seen to work."""
    if asked.headers.get("authorization") != f"Bearer {SECRETS['CLUSTER_TOKEN']}":
        return Answer(401, {"kind": "Status", "status": "Failure", "reason": "Unauthorized", "code": 401})
    if asked.path not in LISTS or asked.path == deny:
        return Answer(403, {"kind": "Status", "status": "Failure", "reason": "Forbidden", "code": 403})
    found = LISTS[asked.path]
    begin = int(asked.query.get("continue", ["0"])[0])
    meta = {"resourceVersion": "1"} | ({"continue": str(begin + 1)} if begin + 1 < len(found) else {})
    return Answer(200, {"kind": "List", "apiVersion": "v1", "metadata": meta, "items": found[begin : begin + 1]})


def at(url: str) -> World:
    return World({"url": url, "token": "env:CLUSTER_TOKEN"}, SECRETS)


@contextmanager
def cluster() -> Iterator[World]:
    with serve(answer) as server:
        yield at(server.url)


@contextmanager
def narrow() -> Iterator[World]:
    with serve(lambda asked: answer(asked, deny="/api/v1/nodes")) as server:
        yield at(server.url)


CASES = [
    ContractCase("read", cluster, expect={"whole": True, "misfits": ()}, faults=http_faults(at)),
    ContractCase("read", narrow, expect={"whole": False}, name="no nodes"),
    ContractCase("parse", cluster, {"text": '{"kind": "List", "items": []}'}, expect={"services": (), "whole": False}),
    ContractCase("parse", cluster, {"text": "{"}, expect={"services": ()}, name="broken"),
]
