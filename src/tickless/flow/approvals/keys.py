"""Whether somebody who asked or gains made the key with which an answer comes: then it might be their own answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Set

from tickless.domain.person import Person
from tickless.journal import Tx

BORROWED = dt.timedelta(days=30)
"""How long before the request such a key counts as borrowed."""


def names_of_deeds(tx: Tx, people: Iterable[str]) -> set[str]:
    """How these people's deeds are signed in the record: with the person, or with `user:<login>`."""
    found = set(people)
    for person in tuple(found):
        found |= {f"user:{user.login}" for user in tx.access.users.by(person=person)}
    return found - {""}


def borrowed_key(tx: Tx, by: Person, *, parties: Set[str], asked_at: dt.datetime) -> bool:
    """Whether a party made this person's account, password, sign-in link or token lately."""
    users = tx.access.users.by(person=by.id)
    makers = names_of_deeds(tx, parties - {by.id})
    if not users or not makers:
        return False
    keys = {f"user:{user.login}" for user in users}
    keys |= {f"token:{one.id}" for one in tx.access.tokens() if one.user in {user.id for user in users}}
    return bool(keys & tx.keys_made_by(makers, since=asked_at - BORROWED))
