"""A small Backstage: the catalogue's API over real HTTP, and a catalogue in files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tickless.sdk.testing import Answer, Asked, ContractCase, World, http_faults, serve

SECRETS = {"CATALOGUE_TOKEN": "bs-9931-very-secret-word"}


def entity(kind: str, name: str, **spec: Any) -> dict[str, Any]:
    return {"apiVersion": "backstage.io/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": spec}


ENTITIES = [
    entity("Component", "shop-web", type="website", lifecycle="production", owner="team-web", dependsOn=["component:orders"],
           consumesApis=["stock-api"], system="shop"),
    entity("Component", "orders", type="service", owner="user:default/ada", dependsOn=["resource:orders-db"]),
    entity("Component", "stock", type="service", owner="team-stock", providesApis=["stock-api"]),
    entity("Resource", "orders-db", type="database", owner="team-data"),
    entity("API", "stock-api", type="openapi", owner="team-stock"),
    entity("System", "shop", owner="team-web"),
    entity("Component", "colours", type="library", owner="team-web"),
]  # fmt: skip


def answer(asked: Asked) -> Answer:
    """Two pages, as `by-query` gives them."""
    if asked.headers.get("authorization") != f"Bearer {SECRETS['CATALOGUE_TOKEN']}":
        return Answer(401, {"error": {"name": "AuthenticationError"}})
    if asked.path != "/api/catalog/entities/by-query":
        return Answer(404, {"error": {"name": "NotFoundError"}})
    if "cursor" in asked.query:
        return Answer(200, {"items": ENTITIES[4:], "totalItems": 7, "pageInfo": {}})
    return Answer(200, {"items": ENTITIES[:4], "totalItems": 7, "pageInfo": {"nextCursor": "four"}})


def at(url: str) -> World:
    return World({"api": url, "token": "env:CATALOGUE_TOKEN"}, SECRETS)


@contextmanager
def backstage() -> Iterator[World]:
    with serve(answer) as server:
        yield at(server.url)


FILE = """
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: shop-web}
spec: {type: website, dependsOn: ["component:orders"]}
"""

CASES = [
    ContractCase("read", backstage, expect={"whole": True, "misfits": ()}, faults=http_faults(at)),
    ContractCase("parse", backstage, {"name": "catalog-info.yaml", "text": FILE}, expect={"whole": False}),
    ContractCase("parse", backstage, {"text": "kind: ["}, expect={"services": ()}, name="broken"),
]
