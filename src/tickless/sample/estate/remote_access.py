"""VPN profiles, and whether a tunnel would come up: account, group, profile, client and the real gateway all count."""

from __future__ import annotations

import datetime as dt
import secrets
import sqlite3

from tickless.sample.estate.accounts import Accounts
from tickless.sample.estate.endpoints import Endpoints
from tickless.sample.estate.office_file import affected, must_exist, one, rows
from tickless.sample.estate.web import Json

VALID_DAYS = 180
CLIENT = "vpn-client"
OLDEST_CLIENT = (5, 0)
GROUP = "vpn-users"


class RemoteAccess:
    def __init__(self, connection: sqlite3.Connection, accounts: Accounts, endpoints: Endpoints) -> None:
        self.db = connection
        self.accounts = accounts
        self.endpoints = endpoints

    def profile(self, username: str) -> Json:
        row = one(self.db, "select * from profile where username = ?", username)
        if row is None:
            return {"exists": False}
        valid = dt.datetime.fromisoformat(row["expires_at"]) > dt.datetime.now(dt.UTC)
        return {"exists": True, "valid": valid, "expires_at": row["expires_at"], "serial": row["serial"]}

    def renew(self, username: str) -> Json:
        """Issue a new profile; the one before stops working."""
        must_exist(one(self.db, "select 1 from account where username = ?", username), f"account {username!r}")
        expires = (dt.datetime.now(dt.UTC) + dt.timedelta(days=VALID_DAYS)).isoformat()
        serial = f"P-{secrets.token_hex(4)}"
        affected(self.db, "insert or replace into profile values (?, ?, ?)", username, serial, expires)
        return {"changed": True, **self.profile(username)}

    def sessions(self) -> int:
        return len(rows(self.db, "select 1 from session"))

    def obstacle(self, username: str, *, gateway_up: bool) -> str:
        """Why no tunnel comes up; empty when one does."""
        account = self.accounts.state(username)
        if not gateway_up:
            return "gateway_down"
        if not account["exists"]:
            return "account_unknown"
        if not account["enabled"]:
            return "account_disabled"
        if account["locked"]:
            return "account_locked"
        if GROUP not in account["groups"]:
            return "not_entitled"
        profile = self.profile(username)
        if not profile["exists"]:
            return "profile_missing"
        if not profile["valid"]:
            return "profile_expired"
        return "" if self._client_is_new_enough(username) else "client_old"

    def _client_is_new_enough(self, username: str) -> bool:
        laptop = self.endpoints.laptop_of(username)
        if laptop is None:
            return False
        version = self.endpoints.software(laptop, CLIENT)["version"]
        return bool(version) and tuple(int(part) for part in version.split(".")[:2]) >= OLDEST_CLIENT
