"""The directory: accounts, groups, passwords (hashed) and a lockout after five wrong ones."""

from __future__ import annotations

import hashlib
import hmac
import os
import sqlite3

from tickless.sample.estate.office_file import affected, must_exist, now, one, rows
from tickless.sample.estate.web import Json, Problem

LOCK_AFTER = 5
MIN_LENGTH = 12
_COST = {"n": 2**12, "r": 8, "p": 1}


class Accounts:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self.db = connection

    def state(self, username: str) -> Json:
        row = one(self.db, "select * from account where username = ?", username)
        if row is None:
            return {"exists": False}
        groups = rows(self.db, "select grp from membership where username = ? order by grp", username)
        return {
            "exists": True,
            "enabled": bool(row["enabled"]),
            "locked": row["locked_since"] is not None,
            "locked_since": row["locked_since"],
            "password_expired": bool(row["password_expired"]),
            "password_changed_at": row["password_changed_at"],
            "must_change_password": bool(row["must_change"]),
            "display_name": row["name"],
            "groups": [group["grp"] for group in groups],
        }

    def create(self, username: str, name: str) -> Json:
        """A new account, switched off and without a password. Raises `Problem` (409) for a name that somebody has."""
        if one(self.db, "select 1 from account where username = ?", username) is not None:
            raise Problem(409, f"the account {username!r} is there already")
        affected(self.db, "insert into account (username, name, enabled) values (?, ?, 0)", username, name)
        return {"changed": True, "exists": True}

    def delete(self, username: str) -> Json:
        """The account, its groups and its sessions; one that is not there is gone already."""
        changed = affected(self.db, "delete from account where username = ?", username)
        for table in ("membership", "session", "profile"):
            affected(self.db, f"delete from {table} where username = ?", username)  # noqa: S608 - our own words
        return {"changed": changed, "exists": False}

    def unlock(self, username: str) -> Json:
        self._row(username)
        changed = affected(
            self.db,
            "update account set locked_since = null, failed = 0 where username = ? and locked_since is not null",
            username,
        )
        return {"changed": changed, "locked": False}

    def set_password(self, username: str, password: str, *, must_change: bool) -> Json:
        """Raises `Problem` (422) for a password that the policy refuses. Setting one also ends a lockout."""
        self._row(username)
        if len(password) < MIN_LENGTH:
            raise Problem(422, f"a password has at least {MIN_LENGTH} characters")
        at = now()
        affected(
            self.db,
            "update account set password = ?, password_changed_at = ?, password_expired = 0, must_change = ?, failed = 0, "
            "locked_since = null where username = ?",
            _hash(password),
            at,
            int(must_change),
            username,
        )
        return {"changed": True, "changed_at": at, "must_change_password": must_change}

    def set_enabled(self, username: str, *, enabled: bool) -> Json:
        self._row(username)
        changed = affected(
            self.db,
            "update account set enabled = ? where username = ? and enabled <> ?",
            int(enabled),
            username,
            int(enabled),
        )
        if not enabled:
            affected(self.db, "delete from session where username = ?", username)
        return {"changed": changed, "enabled": enabled}

    def member(self, username: str, group: str) -> Json:
        known = one(self.db, "select 1 from grp where name = ?", group) is not None
        found = one(self.db, "select 1 from membership where username = ? and grp = ?", username, group)
        return {"member": found is not None, "group_exists": known}

    def join(self, username: str, group: str) -> Json:
        self._row(username)
        must_exist(one(self.db, "select 1 from grp where name = ?", group), f"group {group!r}")
        changed = affected(self.db, "insert or ignore into membership values (?, ?)", username, group)
        return {"changed": changed, "member": True, "group_exists": True}

    def leave(self, username: str, group: str) -> Json:
        self._row(username)
        must_exist(one(self.db, "select 1 from grp where name = ?", group), f"group {group!r}")
        changed = affected(self.db, "delete from membership where username = ? and grp = ?", username, group)
        return {"changed": changed, "member": False, "group_exists": True}

    def sign_in(self, username: str, password: str) -> Json:
        """`{"ok", "reason"}`. The fifth wrong password in a row locks the account."""
        row = self._row(username)
        if row["locked_since"] is not None:
            return {"ok": False, "reason": "locked"}
        if not _fits(password, row["password"]):
            failed = row["failed"] + 1
            locked = now() if failed >= LOCK_AFTER else None
            affected(
                self.db, "update account set failed = ?, locked_since = ? where username = ?", failed, locked, username
            )
            return {"ok": False, "reason": "wrong_password"}
        affected(self.db, "update account set failed = 0 where username = ?", username)
        if not row["enabled"]:
            return {"ok": False, "reason": "disabled"}
        return {"ok": True, "reason": "password_expired" if row["password_expired"] else ""}

    def _row(self, username: str) -> sqlite3.Row:
        return must_exist(one(self.db, "select * from account where username = ?", username), f"account {username!r}")


def _hash(password: str) -> str:
    salt = os.urandom(16)
    return f"{salt.hex()}${hashlib.scrypt(password.encode(), salt=salt, **_COST).hex()}"


def _fits(password: str, stored: str) -> bool:
    salt, _, digest = stored.partition("$")
    if not digest:
        return False  # nobody ever set a password
    return hmac.compare_digest(hashlib.scrypt(password.encode(), salt=bytes.fromhex(salt), **_COST).hex(), digest)
