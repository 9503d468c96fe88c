"""Break-glass accounts: sealed, for the day on which nobody else can come in. Used once, with an alarm, and sealed again by a
new password."""

from __future__ import annotations

import datetime as dt
import secrets

from tickless.domain.errors import BadInput, Conflict, Forbidden
from tickless.doors.entrance.accounts import plain_login
from tickless.doors.entrance.passwords import hash_password
from tickless.journal import Journal, Tx
from tickless.journal.access import User
from tickless.kit.clock import Clock
from tickless.kit.ids import new_id

USED = "break_glass.used"
SEALED = "break_glass.seal"
SEEN = "break_glass.acknowledged"
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters and digits that nobody mixes up when they copy them from paper."""


def seal(journal: Journal, clock: Clock, login: str, *, by: str) -> tuple[User, str]:
    """Make such an account, or seal one again: returns it and its password, to be printed and locked away, shown this once.
    Raises `Conflict` for somebody's own account, `BadInput`."""
    login = plain_login(login)
    if not 0 < len(login) <= 100:
        raise BadInput("a login has 1 to 100 characters")
    password = "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(6))
    hashed = hash_password(password)
    with journal.write() as tx:
        known = tx.access.user_by_login(login)
        if known is not None and known.kind != "break_glass":
            raise Conflict(f"{login!r} is an account of another kind")
        if known is not None and by == f"user:{known.login}":
            raise Forbidden("who broke the seal does not seal again", mend="another administrator does")
        user = known or User(id=new_id("usr"), login=login, roles=("admin",), kind="break_glass")
        user = user.model_copy(update={"password": hashed, "active": True})
        tx.access.users.put(user)
        tx.access.end_sessions(user.id)
        tx.audit.append(
            at=clock.now(), actor=by, action=SEALED, subject=f"user:{login}", detail={"again": known is not None}
        )
    return user, password


def seal_broken(tx: Tx, user: User, *, address: str, at: dt.datetime) -> None:
    """The password is gone: the account opens once. The record says so before anything is done with it."""
    tx.access.users.put(user.model_copy(update={"password": None}))
    detail = {"address": address}
    tx.audit.append(at=at, actor=f"user:{user.login}", action=USED, subject=f"user:{user.login}", detail=detail)


def unsealed(journal: Journal) -> list[User]:
    """Such accounts whose seal is broken and who were not sealed again."""
    with journal.read() as tx:
        return [user for user in tx.access.users.where() if user.kind == "break_glass" and user.password is None]
