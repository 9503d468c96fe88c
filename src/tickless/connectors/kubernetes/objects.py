"""Kubernetes objects, tamed: names, labels, owners, selectors. Pure and total."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tickless.domain.record import Untrusted
from tickless.sdk.fields import Fields

WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet")
SYSTEM = frozenset({"kube-system", "kube-public", "kube-node-lease"})


@dataclass(frozen=True)
class Object:
    """One object. `labels` are its own; `spec` as it came."""

    kind: str
    namespace: str
    name: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    owner: tuple[str, str]
    """Kind and name of what controls it; empty texts where nothing does."""
    spec: Fields
    status: Fields

    @property
    def ref(self) -> str:
        return f"{self.kind.lower()}/{self.namespace}/{self.name}"


def objects(kind: str, items: Iterable[Any]) -> Iterator[Object]:
    """What can be read as an object; a list's items do not name their kind."""
    for item in items:
        if not isinstance(item, Mapping):
            continue
        fields = Fields(item)
        meta = fields.part("metadata")
        name = tame(meta.text("name"), 200)
        if name:
            yield Object(
                fields.text("kind") or kind, tame(meta.text("namespace"), 100), name, texts(meta.part("labels")),
                texts(meta.part("annotations")), _owner(meta), fields.part("spec"), fields.part("status"),
            )  # fmt: skip


def texts(fields: Fields) -> dict[str, str]:
    """Plain texts of an object."""
    return {name: tame(value, 300) for name, value in fields.values.items() if isinstance(value, str)}


def _owner(meta: Fields) -> tuple[str, str]:
    owners = meta.values.get("ownerReferences")
    for one in owners if isinstance(owners, list) else ():
        if isinstance(one, Mapping) and one.get("controller") is True:
            return str(one.get("kind", "")), str(one.get("name", ""))
    return "", ""


def selects(selector: Mapping[str, str], labels: Mapping[str, str]) -> bool:
    """A selector of nothing selects nothing."""
    return bool(selector) and all(labels.get(name) == value for name, value in selector.items())


def listed(fields: Fields, *names: str) -> list[Fields]:
    """The objects of a list below these names."""
    *way, last = names
    found = fields.part(*way).values.get(last) if way else fields.values.get(last)
    return [Fields(one) for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def tame(text: str, limit: int = 200) -> str:
    return Untrusted(text).tame(limit)
