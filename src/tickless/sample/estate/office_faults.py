"""What can be broken in the office, and how it is mended again. Each fault is the real state, not a pretended answer."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable

from tickless.sample.estate.accounts import LOCK_AFTER, Accounts
from tickless.sample.estate.endpoints import Endpoints
from tickless.sample.estate.office_file import affected, must_exist, one
from tickless.sample.estate.post import NORMAL_QUOTA, Mailboxes
from tickless.sample.estate.remote_access import CLIENT, RemoteAccess
from tickless.sample.estate.web import Problem

Act = Callable[[str], object]


class OfficeFaults:
    """Targets are login names, or devices for the two device faults."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        accounts: Accounts,
        endpoints: Endpoints,
        access: RemoteAccess,
        mailboxes: Mailboxes,
    ) -> None:
        self.db = connection
        self.accounts = accounts
        self.endpoints = endpoints
        self.mailboxes = mailboxes
        self.acts: dict[str, tuple[Act, Act]] = {
            "lock": (self._lock, accounts.unlock),
            "disable": (
                lambda who: accounts.set_enabled(who, enabled=False),
                lambda who: accounts.set_enabled(who, enabled=True),
            ),
            "password_expired": (
                lambda who: self._account(who, "password_expired = 1"),
                lambda who: self._account(who, "password_expired = 0"),
            ),
            "vpn_expired": (self._expire, access.renew),
            "client_old": (self._old_client, lambda who: endpoints.install(self._laptop(who), CLIENT)),
            "mailbox_full": (lambda who: self._fill(who, 1.04), lambda who: mailboxes.set_quota(who, NORMAL_QUOTA * 2)),
            "mailbox_tight": (
                lambda who: self._fill(who, 0.96),
                lambda who: mailboxes.set_quota(who, NORMAL_QUOTA * 2),
            ),
            "device_offline": (
                lambda what: self._device(what, "online = 0"),
                lambda what: self._device(what, "online = 1"),
            ),
            "device_disk_full": (
                lambda what: self._device(what, "disk_free_percent = 1.2"),
                lambda what: self._device(what, "disk_free_percent = 46"),
            ),
        }

    def apply(self, kind: str, target: str, *, heal: bool) -> None:
        """Break or mend. Raises `Problem` (404) for an unknown fault or target."""
        if kind not in self.acts:
            raise Problem(404, f"there is no fault {kind!r}; there are {', '.join(sorted(self.acts))}")
        self.acts[kind][heal](target)

    def _lock(self, username: str) -> None:
        for _ in range(LOCK_AFTER):
            self.accounts.sign_in(username, "not my password")

    def _account(self, username: str, change: str) -> None:
        if not affected(self.db, f"update account set {change} where username = ?", username):  # noqa: S608 - our own words
            raise Problem(404, f"there is no account {username!r}")

    def _device(self, device: str, change: str) -> None:
        statement = f"update device set {change} where id = ? or tag = ?"  # noqa: S608 - our own words
        if not affected(self.db, statement, device, device):
            raise Problem(404, f"there is no device {device!r}")

    def _expire(self, username: str) -> None:
        then = (dt.datetime.now(dt.UTC) - dt.timedelta(hours=2)).isoformat()
        if not affected(self.db, "update profile set expires_at = ? where username = ?", then, username):
            raise Problem(404, f"{username!r} has no VPN profile")

    def _old_client(self, username: str) -> None:
        affected(
            self.db,
            "update software set version = '4.1.9' where device = ? and package = ?",
            self._laptop(username),
            CLIENT,
        )

    def _fill(self, username: str, share: float) -> None:
        must_exist(one(self.db, "select 1 from mailbox where username = ?", username), f"mailbox {username!r}")
        affected(self.db, "update mailbox set used_mb = quota_mb * ? where username = ?", share, username)

    def _laptop(self, username: str) -> str:
        laptop = self.endpoints.laptop_of(username)
        if laptop is None:
            raise Problem(404, f"{username!r} has no laptop")
        return laptop
