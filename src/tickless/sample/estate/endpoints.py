"""The endpoint manager: devices, and the packages on them."""

from __future__ import annotations

import sqlite3

from tickless.sample.estate.office_file import affected, must_exist, one
from tickless.sample.estate.web import Json, Problem

NEEDS_FREE_PERCENT = 3.0


class Endpoints:
    """Devices are found by id or tag."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.db = connection

    def state(self, device: str) -> Json:
        row = self._find(device)
        if row is None:
            return {"exists": False}
        return {"exists": True, "online": bool(row["online"]), "disk_free_percent": row["disk_free_percent"]}

    def software(self, device: str, package: str) -> Json:
        row = must_exist(self._find(device), f"device {device!r}")
        offered = one(self.db, "select version from catalogue where package = ?", package)
        there = one(self.db, "select version from software where device = ? and package = ?", row["id"], package)
        return {
            "installed": there is not None,
            "version": there["version"] if there else "",
            "available": offered is not None,
            "offered": offered["version"] if offered else "",
        }

    def install(self, device: str, package: str) -> Json:
        """Bring the catalogue's version onto the device, also over an older one."""
        row = self._reachable(device)
        offered = must_exist(
            one(self.db, "select version from catalogue where package = ?", package), f"package {package!r}"
        )
        before = self.software(device, package)["version"]
        if before == offered["version"]:
            return {"changed": False, "before": before, **self.software(device, package)}
        if row["disk_free_percent"] < NEEDS_FREE_PERCENT:
            raise Problem(409, f"the disk of {row['tag']} is full")
        affected(self.db, "insert or replace into software values (?, ?, ?)", row["id"], package, offered["version"])
        return {"changed": True, "before": before, **self.software(device, package)}

    def uninstall(self, device: str, package: str) -> Json:
        row = self._reachable(device)
        before = self.software(device, package)["version"]
        changed = affected(self.db, "delete from software where device = ? and package = ?", row["id"], package)
        return {"changed": changed, "before": before, **self.software(device, package)}

    def laptop_of(self, username: str) -> str | None:
        """Id of the person's laptop."""
        row = one(self.db, "select id from device where owner = ? and kind = 'laptop'", username)
        return None if row is None else str(row["id"])

    def _reachable(self, device: str) -> sqlite3.Row:
        row = must_exist(self._find(device), f"device {device!r}")
        if not row["online"]:
            raise Problem(503, f"{row['tag']} is offline")
        return row

    def _find(self, device: str) -> sqlite3.Row | None:
        return one(self.db, "select * from device where id = ? or tag = ?", device, device)
