"""The part of the Kubernetes API that we need: lists, page by page, one object, and patches."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from tickless.connectors.kubernetes.settings import Settings
from tickless.domain.errors import Rejected, Unreachable
from tickless.sdk import Call
from tickless.sdk.deadline import Deadline
from tickless.sdk.http import HttpClient

PAGE = 250
MOST_PAGES = 200
GONE = 410
"""A page's token is too old: the list begins anew."""
Thing = Mapping[str, Any]
Form = Literal["merge-patch", "strategic-merge-patch", "json-patch"]
PATHS = {
    "Node": "/api/v1/nodes",
    "Service": "/api/v1/services",
    "Pod": "/api/v1/pods",
    "Deployment": "/apis/apps/v1/deployments",
    "StatefulSet": "/apis/apps/v1/statefulsets",
    "DaemonSet": "/apis/apps/v1/daemonsets",
    "ReplicaSet": "/apis/apps/v1/replicasets",
    "Ingress": "/apis/networking.k8s.io/v1/ingresses",
}


@dataclass(frozen=True)
class Cluster:
    """One API server. By its deadline, everything has to be answered."""

    http: HttpClient
    deadline: Deadline

    def every(self, kind: str, *, namespace: str = "") -> list[Thing]:
        """Every object of a kind that the token may see, or of one namespace. Raises `OutsideError`."""
        group, _, plural = PATHS[kind].rpartition("/")
        path = f"{group}/namespaces/{namespace}/{plural}" if namespace else PATHS[kind]
        for _ in range(3):
            found = self._pages(path)
            if found is not None:
                return found
        raise Unreachable(f"the list of {kind}s changes faster than it can be read")

    def one(self, path: str) -> Thing:
        """One object. Raises `Rejected` when there is none."""
        found = self.http.get(path, timeout=self.deadline.left()).json()
        if not isinstance(found, Mapping):
            raise Rejected("the API server did not answer with an object")
        return found

    def patch(self, path: str, body: Any, *, form: Form = "merge-patch") -> None:
        """Change an object."""
        headers = {"content-type": f"application/{form}+json"}
        content = json.dumps(body).encode()
        self.http.send("PATCH", path, timeout=self.deadline.left(), content=content, headers=headers)

    def _pages(self, path: str) -> list[Thing] | None:
        found: list[Thing] = []
        token = ""
        for _ in range(MOST_PAGES):
            params: dict[str, Any] = {"limit": PAGE, **({"continue": token} if token else {})}
            reply = self.http.send("GET", path, timeout=self.deadline.left(), params=params, accept=frozenset({GONE}))
            if reply.status == GONE:
                return None
            body = reply.json()
            items = body.get("items") if isinstance(body, Mapping) else None
            if not isinstance(items, list):
                raise Rejected("the API server did not answer with a list")
            found += [item for item in items if isinstance(item, Mapping)]
            meta = body.get("metadata")
            token = str(meta.get("continue") or "") if isinstance(meta, Mapping) else ""
            if not token:
                return found
        raise Rejected("the cluster has more pages than are read", detail=f"{MOST_PAGES} pages of {PAGE}")


def connect(call: Call) -> Cluster:
    """The cluster of the call's settings. The token is read anew each time: it is renewed while we run."""
    settings: Settings = call.settings
    headers = {"authorization": f"Bearer {call.secret(settings.token)}", "accept": "application/json"}
    http = HttpClient(settings.url, headers=headers, verify=settings.ca_file or True)
    return Cluster(http, Deadline.within(call.timeout, who="the API server"))
