"""The system of record, read apart from the house: what stood in it before and after, and whom each difference concerns."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tickless.sample.company import Company
from tickless.sample.estate.control import Effect, Estate

_NOT_STATE = frozenset({"effect", "sms", "sqlite_sequence"})
_IDLE = frozenset({"phone.send"})
"""A text to a phone changes nothing that belongs to anybody."""

Rows = dict[tuple[str, ...], dict[str, object]]
Snapshot = dict[str, Rows]


@dataclass(frozen=True)
class Change:
    """One row of the office that is not as it was, or one effect on the ground. Ids where they are known."""

    table: str
    key: tuple[str, ...]
    fields: tuple[str, ...]
    person: str | None = None
    device: str | None = None
    app: str | None = None
    service: str | None = None
    gone: bool = False
    new: bool = False

    def __str__(self) -> str:
        how = "gone" if self.gone else "new" if self.new else "changed: " + ", ".join(self.fields)
        return f"{self.table} {'/'.join(self.key)} {how}"


class EstateRecord:
    """Reads the office's own file, not its doors, and the ground's record of effects."""

    def __init__(self, estate: Estate, company: Company) -> None:
        self._estate = estate
        self._file = Path(estate.blueprint.folder) / "office.sqlite"
        self._people = {person.username: person.id for person in company.people}
        self._owners = {device.id: device.owner for device in company.devices}
        self._groups = {app.group: app.id for app in company.apps if app.group}
        self._packages = {app.package: app.id for app in company.apps if app.package}

    def read(self) -> Snapshot:
        """Every table of the office, row by row."""
        connection = sqlite3.connect(f"file:{self._file}?mode=ro", uri=True)
        connection.row_factory = sqlite3.Row
        try:
            tables = [row["name"] for row in connection.execute("select name from sqlite_master where type = 'table'")]
            return {name: _rows(connection, name) for name in tables if name not in _NOT_STATE}
        finally:
            connection.close()

    def effects(self) -> list[Effect]:
        """What the estate says was done since the entry began, less texts to phones."""
        return [effect for effect in self._estate.effects() if effect.operation not in _IDLE]

    def changes(self, before: Snapshot, after: Snapshot) -> list[Change]:
        """Every row that differs."""
        return [
            self._change(table, key, old.get(key), new.get(key))
            for table in sorted(before.keys() | after.keys())
            for old, new in [(before.get(table, {}), after.get(table, {}))]
            for key in sorted(old.keys() | new.keys())
            if old.get(key) != new.get(key)
        ]

    def _change(
        self, table: str, key: tuple[str, ...], old: Mapping[str, object] | None, new: Mapping[str, object] | None
    ) -> Change:
        row = {**(old or {}), **(new or {})}
        fields = tuple(name for name in row if (old or {}).get(name) != (new or {}).get(name))
        device = str(row.get("device") or (row["id"] if table == "device" else "")) or None
        login = str(row.get("username") or row.get("owner") or "")
        person = self._people.get(login) or (self._owners.get(device) if device else None) or (login or None)
        app = self._groups.get(str(row.get("grp"))) or self._packages.get(str(row.get("package")))
        return Change(table, key, fields, person, device, app, gone=new is None, new=old is None)

    def of_effect(self, effect: Effect) -> Change:
        """An effect as the estate recorded it, whom it concerns read off its target."""
        first, _, rest = effect.target.partition("/")
        person = self._people.get(first) or self._owners.get(first)
        device = first if first in self._owners else None
        app = self._groups.get(rest) or self._packages.get(rest)
        ground = effect.operation.partition(".")[0] in {"process", "pool", "certificate", "disk"}
        service = first.partition(":")[0] if ground else None
        return Change(effect.operation, (effect.target,), (), person, device, app, service, new=True)


def _rows(connection: sqlite3.Connection, table: str) -> Rows:
    keys = [row["name"] for row in connection.execute(f'pragma table_info("{table}")') if row["pk"]]
    found = connection.execute(f'select * from "{table}"')
    return {tuple(str(row[key]) for key in keys): dict(row) for row in found}
