"""What two tenants share and must not. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path


@dataclass(frozen=True)
class Footprint:
    """Everything by which a house touches the world of its own: names → values that nobody else may have.

    `paths`: folders and files that it writes to, absolute and without links. `secrets`: references, not values.
    """

    name: str
    host: str
    port: int
    databases: frozenset[str] = frozenset()
    paths: frozenset[Path] = frozenset()
    secrets: Mapping[str, str] | None = None
    """Where a secret is used → its reference."""


def shared(footprints: Sequence[Footprint]) -> list[str]:
    """A sentence for everything that two of them share; empty: they are apart."""
    return [said for one, other in combinations(footprints, 2) for said in _between(one, other)]


def _between(one: Footprint, other: Footprint) -> Iterator[str]:
    both = f"{one.name} and {other.name}"
    if one.name == other.name:
        yield f"two tenants are called {one.name}"
    if one.host == other.host:
        yield f"{both} have the same host name, {one.host}"
    if one.port == other.port:
        yield f"{both} listen at the same port, {one.port}"
    for _ in one.databases & other.databases:
        yield f"{both} use the same database"
    for path in sorted(one.paths):
        if any(path == theirs or path in theirs.parents or theirs in path.parents for theirs in other.paths):
            yield f"{both} both write below {path}"
    mine, theirs_ = one.secrets or {}, other.secrets or {}
    for reference in sorted(set(mine.values()) & set(theirs_.values())):
        yield f"{both} use the same secret, {reference}"
