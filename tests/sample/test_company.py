"""The company is the same by seed, and fit to be talked about: unique where it must be, ambiguous where it should be."""

from __future__ import annotations

from graphlib import TopologicalSorter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tickless.domain.errors import NotFound
from tickless.sample.company import make_company
from tickless.sample.landscape import ROWS


@settings(max_examples=10, deadline=None)
@given(st.integers(min_value=0, max_value=10_000))
def test_the_same_seed_makes_the_same_company_with_unique_names(seed: int) -> None:
    company = make_company(seed)
    make_company.cache_clear()
    assert make_company(seed) == company
    for unique in (
        [p.id for p in company.people],
        [p.username for p in company.people],
        [p.email for p in company.people],
        [d.tag for d in company.devices],
        [i.id for i in company.items],
        [p.phone for p in company.people if p.phone],
    ):
        assert len(unique) == len(set(unique))
    assert all(username.isascii() for username in (p.username for p in company.people))


def test_another_seed_makes_other_people() -> None:
    assert make_company(7).people != make_company(8).people


def test_it_has_the_size_and_shape_that_was_promised() -> None:
    company = make_company()
    assert 180 <= len(company.people) <= 220
    assert len(company.apps) == 12
    assert 38 <= len(company.services) <= 46
    assert {s.criticality for s in company.services} == {1, 2, 3, 4}
    assert any(p.employment == "contractor" for p in company.people)
    assert any(p.privileged for p in company.people)
    assert all(company.laptop(person.id).kind == "laptop" for person in company.people)


def test_managers_form_one_tree() -> None:
    company = make_company()
    seen: set[str] = set()
    for person in company.people:
        assert (person.manager in seen) if person.manager else not seen
        seen.add(person.id)


def test_the_service_map_has_no_circle_and_every_edge_ends_at_a_service() -> None:
    company = make_company()
    graph = {row.id: set(row.needs) for row in ROWS}
    assert set(TopologicalSorter(graph).static_order()) == {service.id for service in company.services}
    people = {person.id for person in company.people}
    assert all(service.owner in people for service in company.services)


def test_no_app_and_service_share_a_name_or_alias() -> None:
    company = make_company()
    apps = {word.lower() for app in company.apps for word in (app.id, app.name, *app.aliases)}
    services = {word.lower() for s in company.services for word in (s.id, s.name, *s.aliases)}
    assert not apps & services


def test_everybody_meets_an_app_of_every_kind() -> None:
    company = make_company()
    for person in company.people:
        fair = company.eligible(person)
        assert any(app.approval == "none" for app in fair)
        assert any(app.approval != "none" for app in fair)
        assert len(fair) < len(company.apps)


def test_two_people_share_a_name_and_so_it_names_nobody() -> None:
    company = make_company()
    assert [p.username for p in company.people if p.name == "Wei Chen"] == ["wei.chen", "wei.chen2"]
    with pytest.raises(NotFound, match="several"):
        company.person("Wei Chen")
    assert company.person("wei.chen2").name == "Wei Chen"
