"""Whose second and service accounts are: named → id, always a person's own account. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from tickless.domain.person import Person
from tickless.kit.merging import Reading
from tickless.kit.tabular import Refusal, shown

_MEND = "an id, user name or e-mail address of the person in this file or in the house whose account it is"
SECOND = frozenset({"service", "service account", "secondary", "second account", "admin account"})
"""What directories call accounts that are not somebody's own: then whoever stands there as manager is whose it is."""


def with_owners(reading: Reading[Person], *, known: Mapping[str, Person]) -> Reading[Person]:
    """The reading with owners as ids. Refuses accounts of nobody, of themselves, and of what is an account itself."""
    everybody = {**known, **{one.id: one for one in reading.records.values()}}
    ids = {name.casefold(): one.id for one in everybody.values() for name in (one.username, one.email)}
    ids |= {one: one for one in everybody}
    resolved = {line: _with_owner(person, ids) for line, person in reading.records.items()}
    everybody |= {one.id: one for one in resolved.values()}
    refused = [
        Refusal(line, "belongs_to", why, _MEND)
        for line, person in resolved.items()
        if person.belongs_to is not None and (why := _wrong(person, everybody))
    ]
    return Reading(resolved, reading.refused, reading.ignored).without(refused)


def _with_owner(person: Person, ids: Mapping[str, str]) -> Person:
    if person.belongs_to is None:
        return person
    found = ids.get(person.belongs_to) or ids.get(person.belongs_to.casefold())
    return person.model_copy(update={"belongs_to": found}) if found else person


def _wrong(person: Person, everybody: Mapping[str, Person]) -> str:
    owner = everybody.get(person.belongs_to or "")
    if owner is None:
        return f"there is nobody called {shown(person.belongs_to or '')!r}"
    if owner.id == person.id:
        return "an account does not belong to itself"
    return f"{shown(owner.id)!r} is an account of somebody itself" if owner.belongs_to is not None else ""
