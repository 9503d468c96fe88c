"""A catalogue as a map: what counts and what does not, broken files, and whatever stands in an entity."""

from __future__ import annotations

import copy
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tickless.connectors.backstage.documents import documents_of
from tickless.connectors.backstage.reading import read_entities
from tickless.sdk.capabilities.inventory import Inventory


def entity(kind: str, name: str, annotations: dict[str, str] | None = None, **spec: Any) -> dict[str, Any]:
    meta = {"name": name, "annotations": annotations or {}}
    return {"apiVersion": "backstage.io/v1alpha1", "kind": kind, "metadata": meta, "spec": spec}


SHOP = [
    entity("Component", "web", type="website", lifecycle="production", owner="group:default/team-web", system="shop",
           dependsOn=["component:orders", "resource:default/cdn"], consumesApis=["stock"]),
    entity("Component", "orders", {"tickless.io/criticality": "1", "tickless.io/hours": "24x7"}, type="service",
           lifecycle="deprecated", owner="user:ada", dependencyOf=["component:batch"]),
    entity("Component", "batch", type="service", dependsOn=["component:elsewhere"]),
    entity("Component", "stock-service", type="service", providesApis=["stock"]),
    entity("Component", "colours", type="library", dependsOn=["component:orders"]),
    entity("Resource", "cdn", type="network"),
    entity("API", "stock", type="openapi"), entity("System", "shop"), entity("User", "ada"), entity("Location", "all"),
]  # fmt: skip


def read(*entities: Any) -> Inventory:
    return read_entities([(f"entity {n}", one) for n, one in enumerate(entities)], whole=True)


def test_components_and_resources_with_owners_and_what_they_need() -> None:
    found = read(*SHOP)
    assert {one.name: (one.kind, one.team, one.owner, one.system, one.lifecycle) for one in found.services} == {
        "web": ("application", "team-web", "", "shop", "live"),
        "orders": ("application", "", "ada", "", "retiring"),
        "batch": ("application", "", "", "", ""),
        "stock-service": ("application", "", "", "", ""),
        "cdn": ("infrastructure", "", "", "", ""),
    }
    assert {(one.name, one.criticality, one.hours) for one in found.services if one.hours} == {("orders", 1, "24x7")}
    assert {(edge.service, edge.needs, edge.confidence) for edge in found.edges} == {
        ("component:default/web", "component:default/orders", 1.0),
        ("component:default/web", "resource:default/cdn", 1.0),
        ("component:default/web", "component:default/stock-service", 0.9),
        ("component:default/batch", "component:default/orders", 1.0),
        ("component:default/batch", "elsewhere", 1.0),
    }
    assert found.misfits == ()


def test_what_is_wrong_says_where_and_what_to_do() -> None:
    text = "kind: Component\nmetadata: {}\n---\njust text\n---\nkind: Component\nmetadata: {name: a}\n---\nkind: [\n"
    found = read_entities(documents_of(text, "catalog-info.yaml"), whole=False)
    assert [one.name for one in found.services] == ["a"]
    assert [(one.place, one.field) for one in found.misfits] == [
        ("catalog-info.yaml:1", "metadata.name"), ("catalog-info.yaml:4", ""), ("catalog-info.yaml:10", ""),
    ]  # fmt: skip
    assert all(one.reason and one.mend for one in found.misfits)


def test_one_name_twice_is_told() -> None:
    assert "entity 0 too" in read(SHOP[1], SHOP[1]).misfits[0].reason


@given(st.text(max_size=80) | st.binary(max_size=80).map(lambda raw: raw.decode("latin-1")))
def test_any_text_gives_documents_or_misfits(text: str) -> None:
    found = read_entities(documents_of(text, "f"), whole=False)
    assert all(one.place.startswith("f") and one.reason and one.mend for one in found.misfits)
    assert type(found).model_validate_json(found.model_dump_json()) == found


ODD = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.just([])
    | st.just({})
    | st.just([{}, None, "x:"])
)


@given(st.data())
@settings(max_examples=120, deadline=None)
def test_whatever_stands_in_an_entity_an_inventory_comes_out(data: st.DataObject) -> None:
    entities: list[Any] = copy.deepcopy(SHOP)
    for _ in range(data.draw(st.integers(1, 5))):
        holder: Any = entities
        key: Any = data.draw(st.integers(0, len(entities) - 1))
        while isinstance(holder[key], dict | list) and holder[key] and data.draw(st.integers(0, 4)):
            holder = holder[key]
            keys = sorted(holder) if isinstance(holder, dict) else list(range(len(holder)))
            key = data.draw(st.sampled_from(keys))
        holder[key] = data.draw(ODD)
    found = read(*entities)
    refs = [one.ref for one in found.services]
    assert len(refs) == len(set(refs))
    again = read_entities(documents_of(yaml.safe_dump_all(entities), "f"), whole=True)
    assert {one.ref for one in again.services} == set(refs)
