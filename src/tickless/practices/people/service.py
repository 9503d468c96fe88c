"""Brings files of people, apps and devices into the journal, and writes such files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Literal

from tickless.domain.errors import BadInput
from tickless.domain.person import App, Device, Person, PersonChange
from tickless.domain.world import World
from tickless.journal import Tx
from tickless.journal.world import read_world
from tickless.kit.cells import write_cells
from tickless.kit.ids import new_id
from tickless.kit.merging import Outcome, Reading, settle
from tickless.kit.tabular import Table, write_csv
from tickless.practices.people.columns import APPS, DEVICES, PEOPLE
from tickless.practices.people.core import missing_people, read_apps, read_devices, read_people

PeopleKind = Literal["people", "apps", "devices"]
_COLUMNS = {"people": PEOPLE, "apps": APPS, "devices": DEVICES}


def import_people(
    tx: Tx,
    kind: PeopleKind,
    table: Table,
    *,
    by: str,
    at: dt.datetime,
    partial: bool = False,
    prune: bool = False,
    dry_run: bool = False,
) -> Outcome:
    """Insert what is new and change what differs; a refused row means that nothing is written, unless `partial`.

    `prune` (for people) makes whoever the file lacks inactive; nobody is ever deleted. `dry_run` only says what would be done.
    Raises `BadInput` when a prune is not safe: of an empty file, or of a part of one.
    """
    known = read_world(tx)
    if prune and partial:
        raise BadInput("a part of a file does not say who has left", mend="mend the rows, or leave prune out")
    outcome = _taken(tx, kind, table, known=known, at=at, partial=partial, prune=prune, dry_run=dry_run)
    if outcome.written:
        detail = {**outcome.on_record(), "partial": partial, "prune": prune}
        tx.audit.append(at=at, actor=by, action="records.imported", subject=f"records:{kind}", detail=detail)
    return outcome


def _taken(
    tx: Tx,
    kind: PeopleKind,
    table: Table,
    *,
    known: World,
    at: dt.datetime,
    partial: bool,
    prune: bool,
    dry_run: bool,
) -> Outcome:
    if kind == "apps":
        apps = read_apps(table, known=known)
        put_apps = None if dry_run else tx.apps.put_all
        return settle(kind, apps, known=known.apps, key_of=_key, put=put_apps, partial=partial)
    if kind == "devices":
        devices = read_devices(table, known=known)
        put_devices = None if dry_run else lambda records: _put_devices(tx, records, known, at)
        return settle(kind, devices, known=known.devices, key_of=_key, put=put_devices, partial=partial)
    people = read_people(table, known=known)
    gone = _gone(people, known) if prune else []
    put = None if dry_run else lambda records: _put_people(tx, records, known, at)
    return settle(kind, people, known=known.people, key_of=_key, put=put, partial=partial, gone=gone)


def _put_people(tx: Tx, people: Iterable[Person], known: World, at: dt.datetime) -> None:
    """Write them, and note whose registered phone is another one now: policy is more careful for a while."""
    for person in people:
        before = known.people.get(person.id)
        if before is not None and before.phone != person.phone:
            tx.person_changes.put(PersonChange(id=new_id("chg"), person=person.id, kind="phone", at=at))
        tx.people.put(person)


def _put_devices(tx: Tx, devices: Iterable[Device], known: World, at: dt.datetime) -> None:
    """Write them, and note who has got one since the first import."""
    for device in devices:
        before = known.devices.get(device.id)
        if device.owner and known.devices and (before is None or before.owner != device.owner):
            tx.person_changes.put(PersonChange(id=new_id("chg"), person=device.owner, kind="device", at=at))
        tx.devices.put(device)


def _gone(people: Reading[Person], known: World) -> list[Person]:
    if people.refused:
        return []
    if not people.records:
        raise BadInput("an empty file would make everybody inactive", mend="is this the right file?")
    return missing_people(people, known=known)


def _key(record: Person | App | Device) -> str:
    return record.id


def write_people(kind: PeopleKind, records: Iterable[Person | App | Device]) -> str:
    """Records as the CSV that `import_people` reads."""
    columns = _COLUMNS[kind]
    return write_csv(
        [column.field for column in columns], (write_cells(record.model_dump(), columns) for record in records)
    )
