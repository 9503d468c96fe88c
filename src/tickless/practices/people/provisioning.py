"""A user as a directory says them → a person on record. Pure, but for `put_provisioned`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from tickless.domain.person import Person, PersonChange
from tickless.journal import Tx
from tickless.kit.cells import slug
from tickless.kit.ids import new_id
from tickless.kit.merging import new_key


@dataclass(frozen=True)
class Provisioned:
    """What a directory says about somebody; None: it says nothing, so what is on record stays."""

    username: str
    active: bool = True
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    department: str | None = None
    title: str | None = None
    location: str | None = None
    manager: str | None = None
    """Id of the person."""
    employment: str | None = None
    belongs_to: str | None = None
    """Id of the person whose second or service account it is."""


def person_for(said: Provisioned, people: Iterable[Person]) -> Person | None:
    """Who that is on record already: by user name, else by address where exactly one has it."""
    known = list(people)
    username = said.username.casefold()
    same = [one for one in known if username in {one.username.casefold(), one.email.casefold()}]
    if not same and said.email:
        same = [one for one in known if one.email.casefold() == said.email.casefold()]
    return same[0] if len(same) == 1 else None


def as_person(
    said: Provisioned, *, before: Person | None, groups: tuple[str, ...], taken: Mapping[str, object]
) -> Person:
    """The person as on record from now on. `taken`: ids that a new one cannot have."""
    username = said.username.lower()
    email = said.email or (before.email if before else "") or (username if "@" in username else "")
    if before is None:
        return Person(
            id=new_key(slug(username.partition("@")[0]) or "person", taken), username=username, name=said.name or username,
            email=email, phone=said.phone, department=said.department or "", title=said.title or "",
            location=said.location or "", manager=said.manager, groups=groups, active=said.active,
            employment=_employment(said.employment), belongs_to=said.belongs_to,
        )  # fmt: skip
    changes: dict[str, object] = {"username": username, "email": email, "groups": groups, "active": said.active}
    for field in ("name", "phone", "department", "title", "location", "manager", "belongs_to"):
        value = getattr(said, field)
        if value is not None and value != before.id:
            changes[field] = value
    return before.model_copy(update=changes)


def _employment(said: str | None) -> Literal["employee", "contractor", "service"]:
    word = (said or "").casefold()
    if word in {"service", "service account"}:
        return "service"
    return "contractor" if word in {"contractor", "external"} else "employee"


def put_provisioned(tx: Tx, person: Person, *, before: Person | None, at: dt.datetime) -> bool:
    """Write them, and note whose registered phone is another one now. False if nothing is new."""
    if before == person:
        return False
    if before is not None and before.phone != person.phone:
        tx.person_changes.put(PersonChange(id=new_id("chg"), person=person.id, kind="phone", at=at))
    tx.people.put(person)
    return True
