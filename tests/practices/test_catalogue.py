"""The catalogue: what is refused, what a person finds on the shelves, and a file that comes back as it was written."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tickless.app.sample_house import world_of
from tickless.domain.catalogue import CatalogueItem
from tickless.domain.person import Person
from tickless.kit.tabular import read_table
from tickless.practices.catalogue import shelves_for, write_catalogue
from tickless.practices.catalogue.core import read_catalogue
from tickless.sample.company import make_company

COMPANY = make_company()
WORLD = world_of(COMPANY)
NEEDS = {item.need for item in COMPANY.catalogue}
HEADER = "id,name,summary,need,inputs,owner,service"


def read(text: str) -> tuple[dict[int, CatalogueItem], set[tuple[int, str]]]:
    reading = read_catalogue(read_table(text, "csv"), known=WORLD, needs=NEEDS)
    return dict(reading.records), {(refusal.line, refusal.field) for refusal in reading.refused}


def test_what_was_written_is_read_as_the_same() -> None:
    records, refused = read(write_catalogue(COMPANY.catalogue))
    assert not refused
    assert tuple(records.values()) == COMPANY.catalogue


def test_what_leads_nowhere_is_refused_with_its_line() -> None:
    rows = ("a,A,what,no_such_need,,,", "b,B,what,access_request,app=nowhere,,", "c,C,what,access_request,,nobody,",
            "d,D,what,access_request,,,nowhere", "e,E,,access_request,,,")  # fmt: skip
    _, refused = read("\n".join([HEADER, *rows]))
    assert refused == {(2, "need"), (3, "inputs"), (4, "owner"), (5, "service"), (6, "summary")}


def test_the_item_that_settles_most_is_the_one_that_is_meant() -> None:
    app = COMPANY.apps[0].id
    meant = WORLD.offers("access_request", {"app": app, "person": "p001"})
    assert meant is not None
    assert meant.inputs == {"app": app}
    assert WORLD.offers("access_request", {"app": "nowhere"}) is None


@given(st.sampled_from([None, *COMPANY.people]))
def test_nobody_is_shown_what_is_not_for_them(person: Person | None) -> None:
    for items in shelves_for(COMPANY.catalogue, person).values():
        assert items == sorted(items, key=lambda item: item.name.casefold())
        for item in items:
            assert item.offered_to(person)
            assert not item.departments or (person is not None and person.department in item.departments)
