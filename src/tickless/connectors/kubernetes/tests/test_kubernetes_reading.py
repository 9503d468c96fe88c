"""A cluster's objects as services: what is found, what is kept out, and that nothing odd breaks it."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tickless.connectors.kubernetes.client import PATHS
from tickless.connectors.kubernetes.objects import objects
from tickless.connectors.kubernetes.reading import read_cluster
from tickless.sdk.capabilities.inventory import Inventory
from tickless.sdk.testing.cases import cases_of

CASE = Path(__file__).parent.parent
WORLD = cases_of(CASE)[0].world.__wrapped__.__globals__  # type: ignore[attr-defined]
LISTS: dict[str, list[dict[str, Any]]] = WORLD["LISTS"]
KIND = {path: kind for kind, path in PATHS.items()}


def read(lists: dict[str, list[Any]], **given_: Any) -> Inventory:
    return read_cluster({KIND[path]: list(objects(KIND[path], items)) for path, items in lists.items()}, **given_)


def test_workloads_ingresses_and_names_become_a_map() -> None:
    found = read(LISTS)
    assert {(one.name, one.kind, one.aliases) for one in found.services} == {
        ("web", "application", ("shop",)), ("orders", "application", ()), ("db", "platform", ()),
        ("shop.example.com", "infrastructure", ()),
    }  # fmt: skip
    assert {(edge.service, edge.needs, edge.confidence) for edge in found.edges} == {
        ("deployment/shop/web", "deployment/shop/orders", 0.6),
        ("deployment/shop/orders", "statefulset/shop/db", 0.6),
        ("ingress/shop/front", "deployment/shop/web", 0.97),
    }
    assert {(one.kind, one.name, one.service) for one in found.items} == {
        ("node", "worker-1", ""), ("pod", "web-6f-x2", "deployment/shop/web"), ("pod", "db-0", "statefulset/shop/db"),
    }  # fmt: skip
    assert {(one.system, one.team) for one in found.services if one.kind != "infrastructure"} == {("shop", "web")}


def test_what_the_environment_holds_goes_nowhere() -> None:
    assert WORLD["PASSWORD"] not in read(LISTS).model_dump_json()


def test_namespaces_that_are_named_count_and_others_do_not() -> None:
    assert [one.name for one in read(LISTS, namespaces=("kube-system",)).services] == ["coredns"]


ODD = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just([]) | st.just({}) | st.just([{}, None, 3])
)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_whatever_stands_in_an_object_an_inventory_comes_out(data: st.DataObject) -> None:
    lists = copy.deepcopy(LISTS)
    for _ in range(data.draw(st.integers(1, 6))):
        _spoil(lists, data)
    found = read(lists)
    refs = {one.ref for one in found.services}
    assert all({edge.service, edge.needs} <= refs for edge in found.edges)
    json.loads(found.model_dump_json())


def _spoil(value: Any, data: st.DataObject) -> None:
    """Replace something below, at any depth; the lists themselves stay lists."""
    path = data.draw(st.sampled_from(sorted(value)))
    holder, key = value[path], None
    if not holder:
        return
    key = data.draw(st.integers(0, len(holder) - 1))
    while isinstance(holder[key], dict | list) and holder[key] and data.draw(st.integers(0, 4)):
        holder = holder[key]
        keys = sorted(holder) if isinstance(holder, dict) else list(range(len(holder)))
        key = data.draw(st.sampled_from(keys))
    holder[key] = data.draw(ODD)
