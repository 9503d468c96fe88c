"""Rows → people, apps and devices, or the reasons why not. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from tickless.domain.person import App, Device, Person
from tickless.domain.world import World
from tickless.kit.cells import Column, slug
from tickless.kit.merging import Reading, Values, merge, new_key
from tickless.kit.tabular import Refusal, Table, shown
from tickless.practices.people.columns import APPS, DEVICES, PEOPLE
from tickless.practices.people.owners import with_owners
from tickless.practices.people.reporting_lines import without_broken_lines

Owned = TypeVar("Owned", App, Device)


def read_people(table: Table, *, known: World) -> Reading[Person]:
    """People by line. A row is who has its id, else its user name; a new one's id is made of the user name.

    Refused: what is missing or does not fit, a login name or address that somebody else has, a manager who is nobody or
    manages themselves in the end, an account that belongs to nobody or to another account. A manager, and whose second or
    service account it is, is named by id, user name or e-mail address.
    """
    logins = {person.username.casefold(): person.id for person in known.people.values()}

    def identify(values: Values) -> tuple[str, Values]:
        username = str(values.get("username") or "")
        key = str(values.get("id") or "") or logins.get(username.casefold()) or new_key(slug(username), known.people)
        return key, {"id": key or None}

    reading = merge(
        table, model=Person, columns=PEOPLE, identify=identify, known=known.people, defaults={"department": ""}
    )
    reading = reading.without(_taken_names(reading.records, known.people))
    return without_broken_lines(with_owners(reading, known=known.people), known=known.people)


def _taken_names(people: Mapping[int, Person], known: Mapping[str, Person]) -> list[Refusal]:
    """Ids, login names and addresses decide for whom something is done, so no two people share one in any letters."""
    holder = {name: (person.id, "") for person in known.values() for name in _names(person).values()}
    refused: list[Refusal] = []
    for line, person in people.items():
        for field, name in _names(person).items():
            who, where = holder.setdefault(name, (person.id, f" on line {line}"))
            if who != person.id:
                refused.append(
                    Refusal(
                        line, field, f"{shown(name)!r} belongs to {shown(who)}{where}", "give each person their own"
                    )
                )
    return refused


def _names(person: Person) -> dict[str, str]:
    fields = {"id": person.id, "username": person.username, "email": person.email}
    return {field: name.casefold() for field, name in fields.items()}


def missing_people(reading: Reading[Person], *, known: World) -> list[Person]:
    """Who is active in the house and not in the file, made inactive."""
    named = {person.id for person in reading.records.values()}
    gone = [person for person in known.people.values() if person.active and person.id not in named]
    return [person.model_copy(update={"active": False}) for person in gone]


def read_apps(table: Table, *, known: World) -> Reading[App]:
    """Apps by line. A row is the app of its id; without one the id is made of the name. The owner must be known."""
    return _read_owned(table, App, APPS, kept=known.apps, named_by="name", known=known)


def read_devices(table: Table, *, known: World) -> Reading[Device]:
    """Devices by line. A row is the device of its id; without one the id is made of the tag. The owner must be known."""
    return _read_owned(table, Device, DEVICES, kept=known.devices, named_by="tag", known=known)


def _read_owned(
    table: Table,
    model: type[Owned],
    columns: tuple[Column, ...],
    *,
    kept: Mapping[str, Owned],
    named_by: str,
    known: World,
) -> Reading[Owned]:
    names = {str(getattr(record, named_by)).casefold(): key for key, record in kept.items()}

    def identify(values: Values) -> tuple[str, Values]:
        name = str(values.get(named_by) or "")
        key = str(values.get("id") or "") or names.get(name.casefold()) or new_key(slug(name), kept)
        owner = known.person_called(str(values["owner"])) if values.get("owner") else None
        return key, {"id": key or None} | ({"owner": owner.id} if owner else {})

    reading = merge(table, model=model, columns=columns, identify=identify, known=kept, defaults={})
    strangers = [
        Refusal(line, "owner", f"there is nobody called {shown(record.owner)!r}", "import people first")
        for line, record in reading.records.items()
        if record.owner is not None and record.owner not in known.people
    ]
    return reading.without(strangers)
