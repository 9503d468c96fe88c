"""People, apps and devices from rows: whatever stands there, what comes out fits together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.practices.records_of_larkmoor import COMPANY, LARKMOOR, person, table

from tickless.domain.person import Person
from tickless.domain.world import World
from tickless.kit.merging import Reading
from tickless.kit.tabular import read_table
from tickless.practices.people import write_people
from tickless.practices.people.core import read_apps, read_devices, read_people

FIELDS = ("id", "username", "login", "name", "mail", "manager", "groups", "active", "phone", "odd")
CELL = (
    st.sampled_from(["", "anna", "ben", "p001", "p002", "anna@example.org", "yes", "a;b", "\u202e", "x" * 300])
    | st.text()
)
ROWS = st.lists(st.dictionaries(st.sampled_from(FIELDS), CELL), max_size=6)
CODE = st.sampled_from("abcdefgh")


def circles(people: dict[str, Person]) -> set[str]:
    """Who meets themselves on the way up."""
    found = set()
    for start, one in people.items():
        above, steps = one.manager, 0
        while above is not None and above != start and steps <= len(people):
            above, steps = people[above].manager, steps + 1
        found |= {start} if above == start else set()
    return found


def after(reading: Reading[Person], known: World) -> dict[str, Person]:
    return {**known.people, **{one.id: one for one in reading.records.values()}}


def check(reading: Reading[Person], known: World, rows: int) -> None:
    """Every row is a record or refused, never both; and the records fit together with those of the house."""
    refused = {refusal.line for refusal in reading.refused}
    assert refused.isdisjoint(reading.records)
    assert refused | {*reading.records} == set(range(2, rows + 2))
    people = after(reading, known)
    assert all(one.manager is None or one.manager in people for one in reading.records.values())
    assert circles(people) == set()
    names = [{name.casefold() for name in (one.id, one.username, one.email)} for one in people.values()]
    assert sum(len(own) for own in names) == len(set().union(*names)), "a name leads to one person"


@given(ROWS)
def test_any_rows_give_people_or_reasons(rows: list[dict[str, object]]) -> None:
    check(read_people(table(*rows), known=World()), World(), len(rows))
    check(read_people(table(*rows), known=LARKMOOR), LARKMOOR, len(rows))


@given(st.dictionaries(CODE, st.none() | CODE), st.dictionaries(CODE, st.none() | CODE), st.sets(CODE))
def test_whoever_comes_in_has_a_manager_and_no_circle(
    before: dict[str, str | None], rows: dict[str, str | None], broken: set[str]
) -> None:
    """A house, a file that turns its managers round, and some rows that are refused for something else."""
    house = read_people(table(*(person(key, manager=above) for key, above in before.items())), known=World())
    known = World.of(people=house.records.values())
    lines = [person(key, manager=above) | ({"mail": "x"} if key in broken else {}) for key, above in rows.items()]
    check(read_people(table(*lines), known=known), known, len(lines))


def test_the_sample_company_survives_a_file() -> None:
    people = read_people(read_table(write_people("people", COMPANY.people), "csv"), known=World())
    assert (tuple(people.records.values()), people.refused, people.ignored) == (COMPANY.people, (), ())
    known = World.of(people=COMPANY.people)
    apps = read_apps(read_table(write_people("apps", COMPANY.apps), "csv"), known=known)
    assert (tuple(apps.records.values()), apps.refused) == (COMPANY.apps, ())
    devices = read_devices(read_table(write_people("devices", COMPANY.devices), "csv"), known=known)
    assert (tuple(devices.records.values()), devices.refused) == (COMPANY.devices, ())


def test_an_export_of_a_directory_is_read_as_it_is() -> None:
    text = (
        "sAMAccountName;Display Name;Mail;Department;Manager;Enabled;Cost centre\n"
        'Anna.Schmidt;"Schmidt, Anna";anna@example.org;Sales;ben@example.org;True;4711\n'
        "ben;Ben Okafor;ben@example.org;Sales;;TRUE;4711\n"
    )
    reading = read_people(read_table(text, "csv"), known=World())
    anna, ben = reading.records.values()
    assert reading.ignored == ("Cost centre",)
    assert (anna.id, anna.name, anna.manager, anna.active) == ("anna.schmidt", "Schmidt, Anna", ben.id, True)


def test_each_refused_row_says_line_field_reason_and_mend() -> None:
    rows = [
        person("anna", manager="nobody"),
        person("ben", email="not an address"),
        {"username": "cy", "email": "cy@example.org"},
        person("dee", manager="ben"),
        person("eve", manager="dee"),
        person("anna2", id="anna2", email="ANNA@example.org"),
        person("anna"),
        person("gus", active="perhaps"),
    ]
    found = read_people(table(*rows), known=World())
    told = {refusal.line: (refusal.field, refusal.reason) for refusal in found.refused}
    assert told == {
        2: ("manager", "there is nobody called 'nobody'"),
        3: ("email", "'not an address' does not fit"),
        4: ("name", "is missing"),
        5: ("manager", "there is nobody called 'ben'"),
        6: ("manager", "line 5, the manager, is refused"),
        7: ("email", "'anna@example.org' belongs to anna on line 2"),
        8: ("", "anna is on line 2 too"),
        9: ("active", "'perhaps' does not fit"),
    }
    assert all(refusal.mend for refusal in found.refused)


def test_managers_in_a_circle_are_refused_and_told() -> None:
    found = read_people(
        table(person("a", manager="b"), person("b", manager="a"), person("c", manager="c")), known=World()
    )
    assert {refusal.reason for refusal in found.refused} == {
        "managers in a circle: a → b → a",
        "managers in a circle: c → c",
    }
    house = World.of(people=read_people(table(person("a"), person("b", manager="a")), known=World()).records.values())
    turned = read_people(table(person("a", manager="b")), known=house)
    assert [refusal.line for refusal in turned.refused] == [2], "a circle through the house counts too"
    assert read_people(table(person("a", manager="b"), person("b", manager="")), known=house).refused == ()


def test_what_a_file_does_not_say_stays_and_what_it_empties_is_gone() -> None:
    before = COMPANY.people[4]
    (same,) = read_people(
        table({"username": before.username.upper(), "title": "Sailor"}), known=LARKMOOR
    ).records.values()
    assert same == before.model_copy(update={"title": "Sailor", "username": before.username.upper()})
    (bare,) = read_people(table({"id": before.id, "phone": "", "groups": ""}), known=LARKMOOR).records.values()
    assert bare == before.model_copy(update={"phone": None, "groups": ()})


def test_a_made_id_never_takes_over_somebody() -> None:
    known = World.of(
        people=[Person(id="anna", username="a.old", name="Anna Old", email="old@example.org", department="")]
    )
    found = read_people(table(person("anna")), known=known)
    assert [(refusal.field, refusal.reason) for refusal in found.refused] == [("id", "is missing")]
    taken = read_people(table(person("x", email="OLD@example.org"), person("y", id="a.old")), known=known)
    assert [refusal.field for refusal in taken.refused] == ["email", "id"]


def test_an_owner_is_a_person_of_the_house() -> None:
    laptop = {"tag": "LM-L9", "kind": "laptop", "model": "Wren", "assigned to": COMPANY.people[3].email}
    (made,) = read_devices(table(laptop), known=LARKMOOR).records.values()
    assert (made.id, made.owner) == ("lm-l9", COMPANY.people[3].id)
    refused = read_devices(table({**laptop, "assigned to": "a stranger"}), known=LARKMOOR).refused
    assert [(one.field, one.mend) for one in refused] == [("owner", "import people first")]
    assert read_apps(table({"name": "Notes", "owner": "a stranger"}), known=LARKMOOR).refused
