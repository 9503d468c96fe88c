"""Services, dependencies and items from rows: whatever stands there, the map that comes out holds together."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st
from tests.practices.records_of_larkmoor import COMPANY, LARKMOOR, table

from tickless.domain.world import World
from tickless.kit.merging import changes_of
from tickless.kit.tabular import read_table
from tickless.practices.services import write_services
from tickless.practices.services.core import dependency_key, read_dependencies, read_items, read_services

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
CELL = (
    st.sampled_from(["", "shop", "Shop", "db", "shop-web", "Shop website", "p001", "1", "0.5", "a=b", "host=x;y"])
    | st.text()
)
FIELDS = (
    "id",
    "service",
    "needs",
    "name",
    "aliases",
    "kind",
    "criticality",
    "owner",
    "confidence",
    "seen",
    "attributes",
)
ROWS = st.lists(st.dictionaries(st.sampled_from(FIELDS), CELL), max_size=6)


@given(ROWS, st.sampled_from([World(), LARKMOOR]))
def test_any_rows_give_records_or_reasons(rows: list[dict[str, object]], known: World) -> None:
    given_ = table(*rows)
    services = read_services(given_, known=known)
    edges = read_dependencies(given_, known=known, at=NOW)
    items = read_items(given_, known=known)
    for reading in (services, edges, items):
        refused = {refusal.line for refusal in reading.refused}
        assert refused.isdisjoint(reading.records)
        assert refused | {*reading.records} == set(range(2, len(rows) + 2))
    assert all(service.owner in {None, *known.people} for service in services.records.values())
    assert all({edge.service, edge.needs} <= {*known.services} for edge in edges.records.values())
    assert all(edge.service != edge.needs for edge in edges.records.values())
    assert all(item.service in {None, *known.services} for item in items.records.values())
    whole = {**known.services, **{one.id: one for one in services.records.values()}}.values()
    names = [{name.casefold() for name in (one.id, one.name, *one.aliases)} for one in whole]
    assert sum(len(own) for own in names) == len(set().union(*names)), "a name leads to one service"


def test_the_sample_company_survives_a_file() -> None:
    people = World.of(people=COMPANY.people)
    services = read_services(read_table(write_services("services", COMPANY.services), "csv"), known=people)
    assert (tuple(services.records.values()), services.refused) == (COMPANY.services, ())
    known = World.of(people=COMPANY.people, services=COMPANY.services)
    text = write_services("dependencies", COMPANY.dependencies)
    edges = read_dependencies(read_table(text, "csv"), known=known, at=NOW)
    assert (tuple(edges.records.values()), edges.refused) == (COMPANY.dependencies, ())
    items = read_items(read_table(write_services("items", COMPANY.items), "csv"), known=known)
    assert (tuple(items.records.values()), items.refused) == (COMPANY.items, ())


def test_a_dependency_names_its_services_and_is_seen_again() -> None:
    edge = LARKMOOR.dependencies[0]
    ends = {"from": LARKMOOR.services[edge.service].name.upper(), "depends on": edge.needs}
    reading = read_dependencies(table(ends), known=LARKMOOR, at=NOW)
    assert list(reading.records.values()) == [edge.model_copy(update={"last_seen": NOW})]
    before = {dependency_key(one): one for one in LARKMOOR.dependencies}
    assert changes_of(reading, known=before, key_of=dependency_key, quiet=frozenset({"last_seen"})) == ()
    told = read_dependencies(table({"from": "nowhere", "to": edge.needs}, {"from": edge.needs, "to": edge.needs}),
                             known=LARKMOOR, at=NOW).refused  # fmt: skip
    assert [(one.line, one.field) for one in told] == [(2, "service"), (3, "needs")]


def test_ids_are_made_where_they_are_absent_and_never_take_over() -> None:
    (service,) = read_services(table({"name": "Gift cards!", "criticality": "low"}), known=LARKMOOR).records.values()
    assert (service.id, service.criticality) == ("gift-cards", 4)
    (item,) = read_items(table({"kind": "process", "name": "gift shop"}), known=LARKMOOR).records.values()
    assert item.id == "process:gift-shop"
    own = COMPANY.services[0]
    assert [one.field for one in read_services(table({"name": own.id}), known=LARKMOOR).refused] == ["id"]
    (same,) = read_services(table({"name": own.name.lower()}), known=LARKMOOR).records.values()
    assert same == own.model_copy(update={"name": own.name.lower()})


def test_a_name_that_another_service_has_is_refused() -> None:
    own = COMPANY.services[0]
    refused = read_services(
        table({"name": "Gift cards", "aliases": f"gifts;{own.aliases[0].upper()}"}), known=LARKMOOR
    ).refused
    assert [(one.field, one.reason) for one in refused] == [("aliases", f"{own.aliases[0]!r} belongs to {own.id}")]
