"""Merges and splits: what was moved, row by row, and how it goes back. Whoever moves holds the turn: see `take_turn`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

import sqlalchemy as sa

from tickless.domain.finding import Finding
from tickless.domain.regroup import Regroup
from tickless.journal import regroup_tables, tables
from tickless.journal.alerts import Alert
from tickless.journal.shelf import Shelf
from tickless.journal.upserts import insert_for, insert_new

What = Literal["alert", "signal", "finding", "person", "child"]
AlertKey = tuple[str, str]
"""(fingerprint, source)"""
INTAKE = "intake"
"""Leases whose name begins so are held by whoever takes alerts in."""
CHUNK = 400


class Move(NamedTuple):
    """One thing that was moved. `one`, `two`: fingerprint and source, signal, finding, person and role, or child."""

    what: str
    one: str
    two: str
    origin: str
    place: str


class Regroups(Shelf[Regroup]):
    """Inside a transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        super().__init__(connection, regroup_tables.regroups, Regroup, _keys)

    def take_turn(self) -> None:
        """Until this transaction ends nothing is taken in, and nobody else moves anything (SQLite has one writer anyway)."""
        leases = tables.leases.c
        query = sa.select(leases.name).where(leases.name.startswith(INTAKE)).order_by(leases.name).with_for_update()
        self.connection.execute(query).all()

    def put(self, record: Regroup) -> Regroup:
        """Write it down, and which cases it touched."""
        super().put(record)
        insert_new(
            self.connection, regroup_tables.regroup_cases, [{"case": one, "regroup": record.id} for one in record.cases]
        )
        return record

    def of_cases(self, cases: Sequence[str], *, limit: int = 100) -> list[Regroup]:
        """Everything that touched one of these cases, newest first."""
        touched = sa.select(regroup_tables.regroup_cases.c.regroup).where(
            regroup_tables.regroup_cases.c.case.in_(cases)
        )
        return self.where(self.table.c.id.in_(touched), order=self.table.c.id.desc(), limit=limit)

    def later(self, regroup: Regroup) -> Regroup | None:
        """The newest one that stands, came after this one, and touched one of its cases."""
        table = self.table.c
        touched = sa.select(regroup_tables.regroup_cases.c.regroup).where(
            regroup_tables.regroup_cases.c.case.in_(regroup.cases)
        )
        found = self.where(table.id.in_(touched), table.id > regroup.id, table.undone_at.is_(None),
                           order=table.id.desc(), limit=1)  # fmt: skip
        return found[0] if found else None

    def placed(self, fingerprint: str, source: str) -> str | None:
        """The case to which a merge or split that stands moved this alert last."""
        moves = regroup_tables.regroup_moves.c
        query = (
            sa.select(moves.place)
            .join(self.table, self.table.c.id == moves.regroup)
            .where(moves.what == "alert", moves.one == fingerprint, moves.two == source)
            .where(self.table.c.undone_at.is_(None))
            .order_by(self.table.c.id.desc())
            .limit(1)
        )
        return self.connection.execute(query).scalar()

    def moves(self, regroup: str, what: What) -> list[Move]:
        """What it moved of that kind."""
        moves = regroup_tables.regroup_moves.c
        query = sa.select(moves.what, moves.one, moves.two, moves.origin, moves.place)
        rows = self.connection.execute(query.where(moves.regroup == regroup, moves.what == what).order_by(moves.one))
        return [Move(*row) for row in rows]

    def note(self, regroup: str, moves: Iterable[Move]) -> None:
        """Write down what was moved otherwise."""
        rows = [{"regroup": regroup, **move._asdict()} for move in moves]
        if rows:
            insert_new(self.connection, regroup_tables.regroup_moves, rows)

    # --- there ----------------------------------------------------------------------------------------------------

    def move_all(self, regroup: str, origin: str, place: str) -> None:
        """Every alert, signal and finding of a case."""
        self._move_alerts(regroup, origin, place, sa.true())
        self._move_signals(regroup, origin, place, sa.true())
        self._move_findings(regroup, origin, place)

    def move_some(self, regroup: str, origin: str, place: str, alerts: Sequence[AlertKey]) -> None:
        """Some alerts of a case, with their signals and findings."""
        for keys in (alerts[at : at + CHUNK] for at in range(0, len(alerts), CHUNK)):
            self._move_alerts(regroup, origin, place, _among(tables.alerts.c, keys))
            fingerprints = sorted({fingerprint for fingerprint, _ in keys})
            self._move_signals(regroup, origin, place, tables.case_signals.c.fingerprint.in_(fingerprints))
        self._move_findings(regroup, origin, place)

    def _move_alerts(self, regroup: str, origin: str, place: str, which: sa.ColumnElement[bool]) -> None:
        alerts = tables.alerts
        mine = sa.and_(alerts.c.case == origin, which)
        self._log(
            sa.select(*_row(regroup, "alert", alerts.c.fingerprint, alerts.c.source), *_way(origin, place)).where(mine)
        )
        self.connection.execute(sa.update(alerts).where(mine).values(case=place))

    def _move_signals(self, regroup: str, origin: str, place: str, which: sa.ColumnElement[bool]) -> None:
        """A signal that stands in both cases (a message with two needs) stays where it is."""
        signals = tables.case_signals
        mine = sa.and_(signals.c.case == origin, which, signals.c.signal.not_in(_signals_of(place)))
        self._log(sa.select(*_row(regroup, "signal", signals.c.signal), *_way(origin, place)).where(mine))
        moved = self._moved(regroup, "signal", origin)
        self.connection.execute(
            sa.update(signals).where(signals.c.case == origin, signals.c.signal.in_(moved)).values(case=place)
        )

    def _move_findings(self, regroup: str, origin: str, place: str) -> None:
        findings = tables.findings
        mine = sa.and_(findings.c.case == origin, findings.c.signal.in_(self._moved(regroup, "signal", origin)))
        self._log(sa.select(*_row(regroup, "finding", findings.c.id), *_way(origin, place)).where(mine))
        self.connection.execute(sa.update(findings).where(mine).values(case=place))

    def _log(self, rows: sa.SelectBase) -> None:
        statement = insert_for(self.connection, regroup_tables.regroup_moves)
        names = ["regroup", "what", "one", "two", "origin", "place"]
        self.connection.execute(statement.from_select(names, rows).on_conflict_do_nothing())

    # --- and back -------------------------------------------------------------------------------------------------

    def give_back(self, regroup: Regroup) -> None:
        """What was moved and is still there goes back, with everything that was heard of it since."""
        for origin in regroup.out_of:
            self._alerts_back(regroup, origin)
            self._signals_back(regroup, origin)
            self._findings_back(regroup, origin)

    def _alerts_back(self, regroup: Regroup, origin: str) -> None:
        alerts, moves = tables.alerts, regroup_tables.regroup_moves.c
        moved = sa.exists().where(
            moves.regroup == regroup.id, moves.what == "alert", moves.origin == origin,
            moves.one == alerts.c.fingerprint, moves.two == alerts.c.source,
        )  # fmt: skip
        self.connection.execute(sa.update(alerts).where(alerts.c.case == regroup.into, moved).values(case=origin))

    def _signals_back(self, regroup: Regroup, origin: str) -> None:
        signals, alerts, moves = tables.case_signals, tables.alerts, regroup_tables.regroup_moves.c
        again = (
            sa.select(moves.one)
            .join(alerts, sa.and_(alerts.c.fingerprint == moves.one, alerts.c.source == moves.two))
            .where(moves.regroup == regroup.id, moves.what == "alert", moves.origin == origin, alerts.c.case == origin)
        )
        which = sa.or_(
            signals.c.signal.in_(self._moved(regroup.id, "signal", origin)), signals.c.fingerprint.in_(again)
        )
        self.connection.execute(
            sa.update(signals)
            .where(signals.c.case == regroup.into, which, signals.c.signal.not_in(_signals_of(origin)))
            .values(case=origin)
        )

    def _findings_back(self, regroup: Regroup, origin: str) -> None:
        findings = tables.findings
        which = sa.and_(findings.c.case == regroup.into, findings.c.signal.in_(_signals_of(origin)))
        self.connection.execute(sa.update(findings).where(which).values(case=origin))

    @staticmethod
    def _moved(regroup: str, what: What, origin: str) -> sa.Select[tuple[str]]:
        moves = regroup_tables.regroup_moves.c
        return sa.select(moves.one).where(moves.regroup == regroup, moves.what == what, moves.origin == origin)

    def places(self, *, since: dt.datetime, limit: int) -> dict[str, str]:
        """Signal → the case in which it stands, of alerts since then: the newest `limit`, in no order."""
        signals, alerts = tables.case_signals.c, tables.alerts.c
        known = sa.select(alerts.fingerprint)
        query = (
            sa.select(signals.signal, signals.case)
            .where(signals.occurred_at > since, signals.fingerprint.in_(known))
            .order_by(signals.occurred_at.desc())
            .limit(limit)
        )
        return {row.signal: row.case for row in self.connection.execute(query)}

    def findings_of(self, signals: Sequence[str]) -> list[Finding]:
        """What these signals were found to be about."""
        found: list[Finding] = []
        for at in range(0, len(signals), CHUNK):
            query = sa.select(tables.findings.c.body).where(tables.findings.c.signal.in_(signals[at : at + CHUNK]))
            found += [Finding.model_validate_json(body) for body in self.connection.execute(query).scalars()]
        return found

    def alerts_between(self, start: dt.datetime, end: dt.datetime, *, without: str, limit: int) -> list[Alert]:
        """Alerts whose newest news is of that time, but for those of one case; in order of time."""
        alerts = tables.alerts
        query = (
            sa.select(alerts)
            .where(alerts.c.occurred_at >= start, alerts.c.occurred_at <= end)
            .where(sa.or_(alerts.c.case.is_(None), alerts.c.case != without))
            .order_by(alerts.c.occurred_at)
            .limit(limit)
        )
        return [Alert.of(row._asdict()) for row in self.connection.execute(query)]

    def sizes(self, *, before: int | None, least: int, limit: int) -> list[tuple[str, int]]:
        """Cases that hold at least so many alerts, and how many: newest first, below a case number."""
        alerts, cases = tables.alerts, tables.cases.c
        held = sa.select(sa.func.count()).where(alerts.c.case == cases.id).scalar_subquery()
        below = sa.true() if before is None else cases.number < before
        query = (
            sa.select(cases.id, held.label("held"))
            .where(below, held >= least)
            .order_by(cases.number.desc())
            .limit(limit)
        )
        return [(row[0], int(row[1])) for row in self.connection.execute(query)]

    def stranded(self, *, limit: int = 20) -> list[str]:
        """Cases that went into another one and in which alerts were left behind."""
        alerts, cases = tables.alerts.c, tables.cases.c
        left = sa.exists().where(alerts.case == cases.id)
        query = sa.select(cases.id).where(cases.state == "merged", left).limit(limit)
        return list(self.connection.execute(query).scalars())

    def people_since(self, case: str, regroup: Regroup) -> set[str]:
        """Signals that joined a case after something was moved there: who wrote them takes part by their own words."""
        signals = tables.case_signals.c
        query = sa.select(signals.signal).where(signals.case == case, signals.occurred_at > regroup.at)
        return set(self.connection.execute(query).scalars())


Column = sa.ColumnElement[str]


def _row(regroup: str, what: What, one: Column, two: Column | None = None) -> tuple[Column, ...]:
    return (sa.literal(regroup), sa.literal(what), one, sa.literal("") if two is None else two)


def _way(origin: str, place: str) -> tuple[Column, ...]:
    return (sa.literal(origin), sa.literal(place))


def _signals_of(case: str) -> sa.Select[tuple[str]]:
    other = tables.case_signals.alias("other")
    return sa.select(other.c.signal).where(other.c.case == case)


def _among(
    columns: sa.sql.base.ReadOnlyColumnCollection[str, sa.Column[str]], keys: Sequence[AlertKey]
) -> sa.ColumnElement[bool]:
    return sa.or_(*(sa.and_(columns.fingerprint == one, columns.source == two) for one, two in keys))


def _keys(regroup: Regroup) -> dict[str, object]:
    return {
        "id": regroup.id,
        "kind": regroup.kind,
        "into": regroup.into,
        "at": regroup.at,
        "undone_at": regroup.undone_at,
    }
