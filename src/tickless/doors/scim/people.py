"""A SCIM user → what it says about somebody. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from scim2_models import EnterpriseUser, User

from tickless.practices.people.owners import SECOND
from tickless.practices.people.provisioning import Provisioned


def said_of(user: User[EnterpriseUser], *, person_of: Callable[[str], str | None]) -> Provisioned:
    """`person_of`: the person behind a user's id, for managers. Of a second or service account the manager says whose it is."""
    work = user[EnterpriseUser]
    manager = work.manager.value if work is not None and work.manager is not None else None
    boss = person_of(manager) if manager else None
    second = (user.user_type or "").casefold() in SECOND
    places = [one.locality or one.formatted for one in user.addresses or ()]
    return Provisioned(
        username=str(user.user_name),
        active=user.active is not False,
        name=_name(user),
        email=_best(user.emails, first=("work",)),
        phone=_best(user.phone_numbers, first=("mobile", "work")),
        department=work.department if work is not None else None,
        title=user.title,
        location=next((place for place in places if place), None),
        manager=None if second else boss,
        employment=user.user_type,
        belongs_to=boss if second else None,
    )


def _name(user: User[EnterpriseUser]) -> str | None:
    if user.display_name:
        return user.display_name
    if user.name is None:
        return None
    whole = " ".join(part for part in (user.name.given_name, user.name.family_name) if part)
    return user.name.formatted or whole or None


def _best(found: Iterable[Any] | None, *, first: tuple[str, ...]) -> str | None:
    """The primary one, else by kind, else the first; phone numbers without `tel:`."""
    values = [one for one in found or () if one.value]

    def rank(one: Any) -> tuple[bool, int]:
        kind = str(getattr(one.type, "value", one.type) or "")
        return (not one.primary, first.index(kind) if kind in first else len(first))

    best = min(values, key=rank, default=None)
    return None if best is None else str(best.value).removeprefix("tel:")
