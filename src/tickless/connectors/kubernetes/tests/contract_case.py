"""A small API server: lists of a shop's objects in the shapes of the published API, page by page, over real HTTP."""

from __future__ import annotations

import json
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


class Shop:
    """A cluster with a deployment of two revisions and a node, whose controllers are done at once."""

    def __init__(self) -> None:
        self.node: dict[str, Any] = {"spec": {}, "status": {"conditions": [{"type": "Ready", "status": "True"}]}}
        self.web = self._deployment()
        self.sets = [self._set(1, "shop/web:1"), self._set(2, "shop/web:2")]

    @staticmethod
    def _deployment() -> dict[str, Any]:
        return {
            "metadata": {"name": "web", "namespace": "shop", "uid": "u-1", "generation": 4,
                         "annotations": {"deployment.kubernetes.io/revision": "2"}},
            "spec": {"replicas": 2, "template": {"metadata": {"labels": {"app": "web"}},
                                                 "spec": {"containers": [{"name": "web", "image": "shop/web:2"}]}}},
            "status": {"readyReplicas": 2, "updatedReplicas": 2, "observedGeneration": 4},
        }  # fmt: skip

    @staticmethod
    def _set(revision: int, image: str) -> dict[str, Any]:
        labels = {"app": "web", "pod-template-hash": f"h{revision}"}
        return {
            "metadata": {"name": f"web-{revision}", "namespace": "shop",
                         "ownerReferences": [{"uid": "u-1", "kind": "Deployment"}],
                         "annotations": {"deployment.kubernetes.io/revision": str(revision)}},
            "spec": {"template": {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "web", "image": image}]}}},
        }  # fmt: skip

    def look(self) -> Any:
        template = self.web["spec"]["template"]
        return (
            self.web["spec"]["replicas"],
            json.dumps(template, sort_keys=True),
            self.node["spec"].get("unschedulable", False),
        )

    def answer(self, asked: Asked) -> Answer:
        if asked.headers.get("authorization") != f"Bearer {SECRETS['CLUSTER_TOKEN']}":
            return Answer(401, {"kind": "Status", "reason": "Unauthorized", "code": 401})
        web = "/apis/apps/v1/namespaces/shop/deployments/web"
        if asked.path == "/apis/apps/v1/namespaces/shop/replicasets":
            return Answer(200, {"items": self.sets, "metadata": {}})
        if asked.path in {web, f"{web}/scale"}:
            return self._web(asked)
        if asked.path == "/api/v1/nodes/worker-1":
            if asked.method == "PATCH":
                self.node["spec"] = {name: value for name, value in asked.json()["spec"].items() if value is not None}
            return Answer(200, self.node)
        return Answer(404, {"kind": "Status", "reason": "NotFound", "code": 404})

    def _web(self, asked: Asked) -> Answer:
        if asked.method == "PATCH":
            form, body = asked.headers["content-type"], asked.json()
            if form == "application/json-patch+json":
                for step in body:
                    place, _, name = step["path"].strip("/").rpartition("/")
                    self.web[place][name] = step["value"]
                image = self.web["spec"]["template"]["spec"]["containers"][0]["image"]
                found = next(
                    one for one in self.sets if one["spec"]["template"]["spec"]["containers"][0]["image"] == image
                )
                newest = (
                    max(int(one["metadata"]["annotations"]["deployment.kubernetes.io/revision"]) for one in self.sets)
                    + 1
                )
                found["metadata"]["annotations"]["deployment.kubernetes.io/revision"] = str(newest)
                self.web["metadata"]["annotations"]["deployment.kubernetes.io/revision"] = str(newest)
            elif form == "application/strategic-merge-patch+json":
                self.web["metadata"]["annotations"] |= body["metadata"]["annotations"]
                self.web["spec"]["template"]["metadata"]["annotations"] = body["spec"]["template"]["metadata"][
                    "annotations"
                ]
            elif form == "application/merge-patch+json" and asked.path.endswith("/scale"):
                self.web["spec"]["replicas"] = body["spec"]["replicas"]
                self.web["status"] |= {
                    "readyReplicas": body["spec"]["replicas"],
                    "updatedReplicas": body["spec"]["replicas"],
                }
            else:
                return Answer(415, {"kind": "Status", "reason": "UnsupportedMediaType", "code": 415})
        return Answer(200, self.web)


def acting(url: str) -> World:
    return World({"url": url, "token": "env:CLUSTER_TOKEN", "acts_in": ["shop"], "cordon": True}, SECRETS)


@contextmanager
def shop(**changes: Any) -> Iterator[World]:
    state = Shop()
    with serve(state.answer) as server:
        world = acting(server.url)
        yield World({**world.settings, **changes}, SECRETS, state.look)


@contextmanager
def that_only_reads() -> Iterator[World]:
    with shop(acts_in=[], cordon=False) as world:
        yield world


@contextmanager
def without_it() -> Iterator[World]:
    with shop() as world:
        yield World(world.settings, SECRETS, world.look, {"name": "no-such-workload"})


@contextmanager
def without_that_revision() -> Iterator[World]:
    with shop() as world:
        yield World(world.settings, SECRETS, world.look, {"revision": 9})


WEB = {"namespace": "shop", "name": "web"}
ACTING = {**http_faults(acting), "invalid": that_only_reads}
CASES = [
    ContractCase("workload", shop, WEB, expect={"wanted": 2, "ready": 2, "settled": True, "revision": 2},
                 faults={**http_faults(acting), "not_found": without_it}),
    ContractCase("node", shop, {"node": "worker-1"}, expect={"ready": True, "schedulable": True}, faults=http_faults(acting)),
    ContractCase("restart", shop, WEB, changes=True, faults={**ACTING, "not_found": without_it}),
    ContractCase("scale", shop, {**WEB, "replicas": 5}, changes=True, expect={"wanted": 5}, undo_restores=True, faults=ACTING),
    ContractCase("scale", shop, {**WEB, "replicas": 2}, expect={"wanted": 2}, name="is so already"),
    ContractCase("roll_back", shop, WEB, changes=True, expect={"revision": 3}, undo_restores=True,
                 faults={**ACTING, "not_found": without_that_revision}),
    ContractCase("set_schedulable", shop, {"node": "worker-1", "schedulable": False}, changes=True,
                 expect={"schedulable": False}, undo_restores=True, faults=ACTING),
    ContractCase("set_schedulable", shop, {"node": "worker-1", "schedulable": True}, expect={"schedulable": True},
                 name="is so"),
    ContractCase("read", cluster, expect={"whole": True, "misfits": ()}, faults=http_faults(at)),
    ContractCase("read", narrow, expect={"whole": False}, name="no nodes"),
    ContractCase("parse", cluster, {"text": '{"kind": "List", "items": []}'}, expect={"services": (), "whole": False}),
    ContractCase("parse", cluster, {"text": "{"}, expect={"services": ()}, name="broken"),
]  # fmt: skip
