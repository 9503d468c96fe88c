"""What a draft may be made of: the operations that are connected here, those that could be, and the runbooks there are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from tickless.ai.encoder import Encoder
from tickless.ai.retrieval import Document, Index
from tickless.domain.runbook import Runbook
from tickless.sdk.manifest import read_manifest
from tickless.sdk.registry import Registry, connector_folders
from tickless.stages.act.catalogue import OperationCatalogue, OperationType, catalogue_of, shipped_catalogue
from tickless.stages.act.compiler import operations_used

ALIKE = 0.25
"""Share of the operations that two runbooks have in common, from which on they are compared."""
SURE = 0.6


@dataclass(frozen=True)
class Means:
    """`called`: operation of a connector by the connector's id → what it is called here. `said`: what each does, in the
    words of its manifest. `absent`: operation → the connector that would bring it. `unbound`: capabilities behind which no
    system stands."""

    catalogue: OperationCatalogue
    called: Mapping[str, str] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)
    absent: Mapping[str, str] = field(default_factory=dict)
    unbound: frozenset[str] = frozenset()
    runbooks: Mapping[str, Runbook] = field(default_factory=dict)
    encoder: Encoder | None = None

    def find(self, use: str) -> OperationType | None:
        """The operation under its general name, if it is here."""
        return self.catalogue.get(self.called.get(use, use))

    def nearest(self, text: str, *, most: int = 3) -> tuple[str, ...]:
        """The operations whose manifests speak of something like it, best first; none where nothing does."""
        documents = tuple(
            Document(name, _words(name), said)
            for name, said in sorted(self.said.items())
            if (known := self.catalogue.get(name)) is not None and known.kind == "action"
        )
        hits = Index.of(documents, self.encoder).search(text, limit=most) if documents else ()
        return tuple(hit.id for hit in hits)

    def nearest_runbook(self, text: str, uses: frozenset[str] = frozenset()) -> str | None:
        """The published runbook that is most like it: that does most of the same, or else speaks of it; None: none."""
        alike = {name: _overlap(uses, operations_used(one)) for name, one in self.runbooks.items()}
        best = max(sorted(alike), key=lambda name: alike[name], default=None)
        if best is not None and alike[best] >= ALIKE:
            return best
        documents = tuple(
            Document(name, one.title, f"{one.description} {' '.join(step.title or step.id for step in one.steps)}")
            for name, one in sorted(self.runbooks.items())
        )
        hits = Index.of(documents, self.encoder).search(text, limit=1) if documents and not uses else ()
        return hits[0].id if hits and hits[0].confidence >= SURE else None


def means_of(registry: Registry, runbooks: Mapping[str, Runbook], encoder: Encoder | None = None) -> Means:
    """What this house has."""
    catalogue = catalogue_of(registry)
    called, said = {}, {}
    for name in registry.names():
        bound = registry.find(name)
        said[name] = bound.promise.summary
        instance = name.partition(".")[0]
        if instance in registry.instances:
            called[f"{bound.instance.connector.manifest.id}.{name.partition('.')[2]}"] = name
    absent = {name: one for name, one in shipped().items() if name not in called}
    capabilities = {name.partition(".")[0] for name in shipped_catalogue()} - {"tickless"}
    unbound = frozenset(name for name in capabilities if name not in registry.bindings)
    return Means(catalogue, called, said, absent, unbound, runbooks, encoder)


def shipped() -> dict[str, str]:
    """Every operation of every connector that ships, by the connector's id → that id. Reads manifests only."""
    found = {}
    for folder in connector_folders():
        manifest = read_manifest(folder)
        for name in (*manifest.actions, *manifest.probes):
            found[f"{manifest.id}.{name}"] = manifest.id
    return found


def _words(name: str) -> str:
    return re.sub(r"[._]", " ", name)


def _overlap(some: frozenset[str], others: frozenset[str]) -> float:
    return len(some & others) / len(some | others) if some | others else 0.0
