"""Whose second and service accounts are: by file and by directory, one step deep, and never somebody who is not there."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from scim2_models import EnterpriseUser, Manager, User
from tests.practices.records_of_larkmoor import LARKMOOR, table

from tickless.domain.world import World
from tickless.doors.scim.people import said_of
from tickless.kit.tabular import read_table
from tickless.practices.people import write_people
from tickless.practices.people.core import read_people
from tickless.practices.people.provisioning import as_person
from tickless.stages.decide.approvers import different_humans

CODE = st.sampled_from("abcdef")


def row(code: str, owner: str | None) -> dict[str, object]:
    said: dict[str, object] = {"id": code, "username": f"{code}.login", "name": code, "mail": f"{code}@example.org"}
    return said | ({"owned by": owner} if owner else {})


@given(st.dictionaries(CODE, st.none() | CODE | st.just("nobody"), min_size=1))
def test_an_account_belongs_to_a_person_who_is_there_and_to_no_account(owners: dict[str, str | None]) -> None:
    reading = read_people(table(*(row(code, owner) for code, owner in owners.items())), known=World())
    people = {one.id: one for one in reading.records.values()}
    for one in people.values():
        if one.belongs_to is not None:
            assert one.belongs_to != one.id
            assert one.belongs_to == owners[one.id]
    refused = {refusal.line for refusal in reading.refused}
    for line, (code, owner) in enumerate(owners.items(), 2):
        good = owner is None or (owner != code and owner in owners and owners[owner] is None)
        assert (line not in refused) == good, (code, owner)


def test_an_owner_is_named_by_address_too_and_comes_out_of_an_export_again() -> None:
    known = next(one for one in LARKMOOR.people.values() if one.active)
    reading = read_people(table(row("anna-admin", known.email.upper())), known=LARKMOOR)
    (second,) = reading.records.values()
    assert second.belongs_to == known.id
    again = read_people(read_table(write_people("people", [second]), "csv"), known=LARKMOOR)
    assert [one.belongs_to for one in again.records.values()] == [known.id]
    both = {known.id: known, second.id: second}
    assert different_humans([known.id, second.id], both) == 1


def test_a_directory_says_whose_a_service_account_is_by_its_manager() -> None:
    work = EnterpriseUser(manager=Manager(value="u1"))
    user = User[EnterpriseUser](user_name="backup-bot", user_type="Service Account", display_name="Backup")
    user[EnterpriseUser] = work
    said = said_of(user, person_of={"u1": "p001"}.get)
    made = as_person(said, before=None, groups=(), taken={})
    assert (made.belongs_to, made.manager, made.employment) == ("p001", None, "service")
    plain = User[EnterpriseUser](user_name="anna", user_type="Employee", display_name="Anna")
    plain[EnterpriseUser] = work
    person = as_person(said_of(plain, person_of={"u1": "p001"}.get), before=None, groups=(), taken={})
    assert (person.belongs_to, person.manager) == (None, "p001")
