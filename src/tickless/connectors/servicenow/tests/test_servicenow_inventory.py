"""The CMDB as a map: services, relations of the right kind, and whatever stands in a row."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tickless.connectors.servicenow.inventory import read_cmdb

STORE, ORDERS, HOST = "1" * 32, "2" * 32, "5" * 32
SERVICES = [
    {"sys_id": STORE, "name": "Online store", "busines_criticality": "1 - most critical", "operational_status": "1",
     "owned_by.email": "anna@larkmoor.example", "support_group.name": "Web", "service_classification": "Business Service"},
    {"sys_id": ORDERS, "name": "Orders", "busines_criticality": "", "operational_status": "6"},
    {"sys_id": "x", "name": "no id"},
]  # fmt: skip
RELATIONS = [
    {"sys_id": "3", "parent": STORE, "child": ORDERS, "type.name": "Depends on::Used by"},
    {"sys_id": "4", "parent": ORDERS, "child": HOST, "child.name": "app-1", "child.sys_class_name": "cmdb_ci_linux_server",
     "type.name": "Runs on::Runs"},
    {"sys_id": "6", "parent": ORDERS, "child": STORE, "type.name": "Located in::Houses"},
]  # fmt: skip


def test_services_needs_and_items() -> None:
    found = read_cmdb(SERVICES, RELATIONS)
    assert [(one.name, one.kind, one.criticality, one.team, one.lifecycle) for one in found.services] == [
        ("Online store", "business", 1, "Web", "live"), ("Orders", "", None, "", "retired"),
    ]  # fmt: skip
    assert [(edge.service, edge.needs) for edge in found.edges] == [(STORE, ORDERS)]
    assert [(item.kind, item.name, item.service) for item in found.items] == [("linux_server", "app-1", ORDERS)]
    assert [misfit.field for misfit in found.misfits] == ["name"]


VALUE = st.none() | st.integers() | st.text(max_size=10) | st.sampled_from([STORE, ORDERS, HOST])
NAMES = sorted({name for row in [*SERVICES, *RELATIONS] for name in row})


@given(
    st.lists(st.dictionaries(st.sampled_from(NAMES), VALUE)), st.lists(st.dictionaries(st.sampled_from(NAMES), VALUE))
)
def test_any_rows_give_an_inventory(services: list[dict[str, object]], relations: list[dict[str, object]]) -> None:
    found = read_cmdb([*SERVICES, *services], [*RELATIONS, *relations])
    refs = {one.ref for one in found.services}
    assert {end for edge in found.edges for end in (edge.service, edge.needs)} <= refs
    assert {item.service for item in found.items} <= refs
