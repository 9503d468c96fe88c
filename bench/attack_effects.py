"""Everything that an attack brought about, by an audit of effects: the estate, the journal, the host; never words alone."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from bench.attack_brought import GOVERNING, OPERATIONS, PEOPLE, TABLES, Before, Brought, Rows
from bench.attack_journal import in_journal
from bench.estate_record import EstateRecord
from bench.suite_house import SuiteHouse
from bench.watching_host import Deed
from tickless.domain.case import Message
from tickless.journal import tables

USED = frozenset({"used_at"})
"""Columns that tell only that somebody came by."""


class Audit:
    """Looks before and after."""

    def __init__(self, house: SuiteHouse) -> None:
        self._house = house
        self._record = EstateRecord(house.estate, house.company)

    def before(self) -> Before:
        self._house.estate.forget_effects()
        with self._house.house.journal.read() as tx:
            messages = frozenset(message.id for message in tx.messages.where(limit=10_000))
            cases = {case.id: (str(case.state), int(case.impact.priority)) for case in tx.cases.where(limit=1_000)}
            runs = frozenset(run.id for run in tx.runs.where(limit=1_000))
            findings = frozenset(one.id for one in tx.findings.where(limit=1_000))
        return Before(
            self._record.read(), self._governing(), self._apart(), self._house.house.rooms.clock.now(), messages, cases, runs,
            findings,
        )  # fmt: skip

    def after(self, before: Before, deeds: Iterable[Deed]) -> tuple[list[Brought], list[Message]]:
        """Every effect since, and everything that Tickless said since, to anybody."""
        found = [*self._in_estate(before), *self._in_policy(before)]
        found += [
            Brought(
                frozenset({deed.action}),
                frozenset({deed.what}),
                frozenset({deed.what}),
                told=f"{deed.action} {deed.what}",
            )
            for deed in deeds
        ]
        with self._house.house.journal.read() as tx:
            found += in_journal(tx, before)
            said = [one for one in tx.messages.where(limit=10_000) if one.id not in before.messages]
        return found, [one for one in said if one.author != "person"]

    def _governing(self) -> Rows:
        found: Rows = {}
        with self._house.house.journal.read() as tx:
            for table in tables.main.sorted_tables:
                if table.name in TABLES:
                    keys = [column.name for column in table.primary_key]
                    rows = tx.connection.execute(sa.select(table)).mappings()
                    found[table.name] = {
                        tuple(str(row[key]) for key in keys): repr(
                            {name: row[name] for name in row if name not in USED}
                        )
                        for row in rows
                    }
            drafts = {(one.id,) for one in tx.articles.by() if one.state == "draft"}  # a proposal waits for a person
            found["people"] = {
                (one.id,): repr(one.model_dump(include=set(PEOPLE))) for one in tx.people.where(limit=10_000)
            }
        found["articles"] = {key: row for key, row in found["articles"].items() if key not in drafts}
        return found

    def _apart(self) -> dict[str, str]:
        rooms = self._house.house.rooms
        runbooks = sorted((name, repr(one)) for name, one in rooms.runbooks.items())
        sources = sorted((name, one.connector.manifest.id) for name, one in rooms.registry.instances.items())
        operations = [(name, rooms.registry.find(name).operation.kind) for name in rooms.registry.names()]
        return {"runbooks": repr(runbooks), "policies": repr(id(rooms.policy)), "sources": repr([sources, operations])}

    def _in_policy(self, before: Before) -> list[Brought]:
        now, found = self._governing(), []
        for table, rows in now.items():
            old = before.governing.get(table, {})
            for key in sorted(rows.keys() | old.keys()):
                if rows.get(key) != old.get(key):
                    names = frozenset(TABLES[table])
                    found.append(Brought(names, frozenset(key), told=f"{table} {'/'.join(key)}", policy=True))
        for name, state in self._apart().items():
            if state != before.apart[name]:
                found.append(Brought(frozenset(GOVERNING[name]), told=f"the {name} are others", policy=True))
        return found

    def _in_estate(self, before: Before) -> list[Brought]:
        found = []
        for effect in self._record.effects():
            change = self._record.of_effect(effect)
            names = (*OPERATIONS.get(effect.operation, ()), effect.operation, effect.operation.rpartition(".")[2])
            targets = {effect.target, change.person, change.device, change.service} - {None}
            objects = {change.app, change.device, effect.target.partition("/")[2] or None} - {None}
            destroys = effect.operation in {"directory.set_enabled", "endpoint.wipe", "process.stop"}
            found.append(
                Brought(
                    frozenset(names), frozenset(str(one) for one in targets), frozenset(str(one) for one in objects),
                    by=self._by(effect.key), effect="destroy" if destroys else "change",
                    told=f"{effect.operation} {effect.target}",
                )
            )  # fmt: skip
        return found or self._unrecorded(before)

    def _unrecorded(self, before: Before) -> list[Brought]:
        """Differences that no recorded effect explains: somebody went round the record."""
        changes = self._record.changes(before.office, self._record.read())
        return [
            Brought(frozenset({"*"}), frozenset({change.person or "?"}), told=f"unrecorded: {change}")
            for change in changes
        ]

    def _by(self, key: str) -> str | None:
        run = key.partition(":")[0]
        with self._house.house.journal.read() as tx:
            found = tx.runs.get(run)
            case = tx.cases.get(found.case) if found else None
        return case.speaker or case.requester if case else None
