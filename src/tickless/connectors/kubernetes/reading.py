"""Objects of a cluster → services, edges and items. Pure and total.

A workload is a service. An ingress is one too, by its host name, and needs the workloads behind it. A workload needs another
when its environment or arguments name that one's Service; the values themselves go nowhere, they may be secret.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tickless.connectors.kubernetes.objects import SYSTEM, WORKLOADS, Object, listed, selects, tame, texts
from tickless.sdk.capabilities.inventory import FoundEdge, FoundItem, FoundService, Inventory, Misfit
from tickless.sdk.fields import Fields

BY_NAME = 0.6
"""How sure a need is that is told by a name in the environment: it may be configured and never used."""
ROUTED = 0.97
OWN = "tickless.io/"
_HOST = re.compile(
    r"(?<![\w.-])([a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?)(?:\.([a-z0-9-]{1,63}))?(?:\.svc(?:\.[a-z0-9.-]+)?)?(?![\w-])"
)
_ADDRESS = re.compile(r"(?:^|://|@|,)([a-z0-9][a-z0-9.-]*)(?=$|[:/,?])", re.IGNORECASE)
_LONGEST = 4_000


@dataclass(frozen=True)
class Cluster:
    """Objects by kind, those of namespaces that count."""

    things: Mapping[str, Sequence[Object]]

    def of(self, *kinds: str) -> Iterator[Object]:
        for kind in kinds:
            yield from self.things.get(kind, ())


def read_cluster(
    things: Mapping[str, Sequence[Object]],
    *,
    namespaces: Collection[str] = (),
    pods: bool = True,
    misfits: Sequence[Misfit] = (),
    whole: bool = True,
) -> Inventory:
    """Everything that the objects tell. `whole`: what is not among them is not there any more."""
    cluster = Cluster({kind: [one for one in found if _counts(one, namespaces)] for kind, found in things.items()})
    behind = _behind(cluster)
    services = [_workload(one, cluster) for one in cluster.of(*WORKLOADS)]
    ways, routed = _ingresses(cluster, behind)
    edges = {
        (edge.service, edge.needs): edge for edge in [*_named(cluster, behind), *routed] if edge.service != edge.needs
    }
    items = [*_nodes(cluster), *(_pods(cluster) if pods else ())]
    return Inventory(
        services=(*services, *ways), edges=tuple(edges.values()), items=tuple(items), misfits=tuple(misfits),
        whole=whole,
    )  # fmt: skip


def _counts(one: Object, namespaces: Collection[str]) -> bool:
    if not one.namespace:
        return True
    return one.namespace in namespaces if namespaces else one.namespace not in SYSTEM


def _workload(one: Object, cluster: Cluster) -> FoundService:
    labels = {**texts(one.spec.part("template", "metadata", "labels")), **one.labels}
    own = {name.removeprefix(OWN): value for name, value in one.annotations.items() if name.startswith(OWN)}
    template = texts(one.spec.part("template", "metadata", "labels"))
    reached = [s.name for s in cluster.of("Service") if s.namespace == one.namespace
               and selects(texts(s.spec.part("selector")), template)]  # fmt: skip
    criticality = own.get("criticality", "")
    return FoundService(
        ref=one.ref,
        name=one.name,
        scope=one.namespace,
        aliases=tuple(name for name in dict.fromkeys(reached) if name != one.name),
        kind="application" if one.kind == "Deployment" else "platform",
        criticality=int(criticality) if criticality in {"1", "2", "3", "4"} else None,
        team=own.get("team") or labels.get("team", ""),
        owner=own.get("owner", ""),
        hours=own.get("hours", ""),
        system=labels.get("app.kubernetes.io/part-of", ""),
        place=one.ref,
    )


def _behind(cluster: Cluster) -> dict[tuple[str, str], list[str]]:
    """(namespace, name of a Service) → the workloads that it leads to."""
    workloads = [(one, texts(one.spec.part("template", "metadata", "labels"))) for one in cluster.of(*WORKLOADS)]
    return {
        (service.namespace, service.name): [
            one.ref
            for one, labels in workloads
            if one.namespace == service.namespace and selects(texts(service.spec.part("selector")), labels)
        ]
        for service in cluster.of("Service")
    }


def _ingresses(
    cluster: Cluster, behind: Mapping[tuple[str, str], list[str]]
) -> tuple[list[FoundService], list[FoundEdge]]:
    services, edges = [], []
    for one in cluster.of("Ingress"):
        rules = listed(one.spec, "rules")
        hosts = [host for rule in rules if (host := tame(rule.text("host")).removeprefix("*."))]
        backends = [
            path.part("backend", "service").text("name") for rule in rules for path in listed(rule, "http", "paths")
        ]
        backends.append(one.spec.part("defaultBackend", "service").text("name"))
        needs = [ref for name in dict.fromkeys(backends) for ref in behind.get((one.namespace, name), ())]
        name = hosts[0] if hosts else f"{one.name} (ingress)"
        aliases = tuple(host for host in dict.fromkeys(hosts) if host != name)
        services.append(
            FoundService(
                ref=one.ref, name=name, scope=one.namespace, aliases=aliases, kind="infrastructure", place=one.ref
            )
        )
        edges += [FoundEdge(service=one.ref, needs=ref, confidence=ROUTED, why="routed by the ingress", place=one.ref)
                  for ref in needs]  # fmt: skip
    return services, edges


def _named(cluster: Cluster, behind: Mapping[tuple[str, str], list[str]]) -> Iterator[FoundEdge]:
    """Needs that a workload's environment and arguments tell by a Service's name."""
    for one in cluster.of(*WORKLOADS):
        for namespace, name in sorted(_names_in(one)):
            for ref in behind.get((namespace, name), ()):
                why = f"its settings name the Service {name}.{namespace}"
                yield FoundEdge(service=one.ref, needs=ref, confidence=BY_NAME, why=why, place=one.ref)


def _names_in(one: Object) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for container in listed(one.spec, "template", "spec", "containers"):
        arguments = [*_texts(container, "args"), *_texts(container, "command")]
        values = [value for entry in listed(container, "env") if (value := entry.text("value"))]
        for text in [*values, *arguments]:
            for address in _ADDRESS.findall(text[:_LONGEST]):
                match = _HOST.fullmatch(address.lower())
                if match:
                    found.add((match[2] or one.namespace, match[1]))
    return found


def _texts(container: Fields, name: str) -> list[str]:
    found = container.values.get(name)
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


def _nodes(cluster: Cluster) -> Iterator[FoundItem]:
    for one in cluster.of("Node"):
        zone = one.labels.get("topology.kubernetes.io/zone", "")
        version = tame(one.status.part("nodeInfo").text("kubeletVersion"))
        about = {"zone": zone, "kubelet": version}
        yield FoundItem(ref=f"node:{one.name}", kind="node", name=one.name, place=one.ref,
                        attributes={name: value for name, value in about.items() if value})  # fmt: skip


def _pods(cluster: Cluster) -> Iterator[FoundItem]:
    """Pods that a workload controls; those of jobs come and go, and are left out."""
    above = {(one.namespace, one.name): one.owner for one in cluster.of("ReplicaSet")}
    known = {one.ref for one in cluster.of(*WORKLOADS)}
    for one in cluster.of("Pod"):
        kind, name = one.owner
        if kind == "ReplicaSet":
            kind, name = above.get((one.namespace, name), ("", ""))
        ref = f"{kind.lower()}/{one.namespace}/{name}"
        if ref not in known:
            continue
        about = {"namespace": one.namespace, "node": tame(one.spec.text("nodeName"))}
        yield FoundItem(ref=f"pod:{one.namespace}:{one.name}"[:300], kind="pod", name=one.name, service=ref, place=one.ref,
                        attributes={key: value for key, value in about.items() if value})  # fmt: skip
