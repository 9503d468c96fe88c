"""Mailboxes with a quota, and the phones that one-time codes are sent to."""

from __future__ import annotations

import sqlite3

from tickless.sample.estate.office_file import affected, must_exist, now, one, rows
from tickless.sample.estate.web import Json

NORMAL_QUOTA = 5_120.0


class Mailboxes:
    """Sizes in MiB."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.db = connection

    def state(self, username: str) -> Json:
        row = one(self.db, "select * from mailbox where username = ?", username)
        if row is None:
            return {"exists": False}
        percent = round(row["used_mb"] / row["quota_mb"] * 100, 2)
        return {"exists": True, "used_mb": row["used_mb"], "quota_mb": row["quota_mb"], "percent": percent}

    def set_quota(self, username: str, quota_mb: float) -> Json:
        box = must_exist(one(self.db, "select * from mailbox where username = ?", username), f"mailbox {username!r}")
        affected(self.db, "update mailbox set quota_mb = ? where username = ?", quota_mb, username)
        return {"changed": box["quota_mb"] != quota_mb, "before_mb": box["quota_mb"], **self.state(username)}

    def create(self, username: str) -> Json:
        """An empty mailbox of the normal size, unless there is one."""
        changed = affected(self.db, "insert or ignore into mailbox values (?, 0, ?)", username, NORMAL_QUOTA)
        return {"changed": changed, "exists": True}

    def delete(self, username: str) -> Json:
        return {"changed": affected(self.db, "delete from mailbox where username = ?", username), "exists": False}

    def over(self) -> list[Json]:
        """Mailboxes that are full and refuse mail."""
        full = rows(self.db, "select username from mailbox where used_mb >= quota_mb order by username")
        return [{"username": row["username"], **self.state(row["username"])} for row in full]


class Phones:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self.db = connection

    def send(self, phone: str, text: str) -> Json:
        affected(self.db, "insert into sms (phone, text, at) values (?, ?, ?)", phone, text, now())
        return {"changed": True, "sent": True}

    def received(self, phone: str) -> list[Json]:
        """What that number has received, oldest first: `at`, `text`."""
        return [dict(row) for row in rows(self.db, "select at, text from sms where phone = ? order by number", phone)]
