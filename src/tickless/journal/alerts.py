"""The current state of every alert, the links from signals to cases, and who takes part in a case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from tickless.domain.case import Participant
from tickless.domain.record import Untrusted
from tickless.domain.signal import Signal
from tickless.journal import tables
from tickless.journal.upserts import insert_new, inserting_for

_REPEATED = ("count", "signal", "occurred_at")
_NOTED = ("held", "penalty", "penalty_at", "damped_since")


@dataclass(frozen=True)
class Alert:
    """The last known state of one alert."""

    fingerprint: str
    source: str
    state: str
    case: str | None
    service: str | None
    need: str | None
    title: Untrusted
    occurred_at: dt.datetime
    count: int
    severity: str | None = None
    signal: str | None = None
    """Id of the newest signal about it."""
    fired_at: dt.datetime | None = None
    """When it began to fire last, by the sender: `put` sees to it."""
    held: str | None = None
    """Why it is held back from cases (`HoldReason`), while it is."""
    penalty: float | None = None
    """How much it has flapped, as of `penalty_at`: see `stages/correlate/hygiene/damping.py`."""
    penalty_at: dt.datetime | None = None
    damped_since: dt.datetime | None = None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Alert:
        """From a row of the table."""
        return cls(**{**row, "title": Untrusted(row["title"])})


@dataclass(frozen=True)
class Joined:
    """A signal in a case and why it is there."""

    case: str
    signal: str
    fingerprint: str
    state: str
    title: Untrusted
    occurred_at: dt.datetime
    why: str


_ONE = sa.select(tables.alerts).where(
    tables.alerts.c.fingerprint == sa.bindparam("fingerprint"), tables.alerts.c.source == sa.bindparam("source")
)


@lru_cache(maxsize=2)
def _putting(dialect: str) -> Any:
    """The statement of `Alerts.put`: to build it costs several times as much as to run it."""
    table = tables.alerts
    statement = inserting_for(dialect, table)
    names = [column.name for column in table.columns if column.name not in _NOTED]
    new = statement.excluded
    changes = {name: new[name] for name in names if name not in {"fingerprint", "source"}}
    changes["severity"] = sa.func.coalesce(new.severity, table.c.severity)  # an end often does not say it
    begins = sa.and_(new.state == "firing", table.c.state != "firing")
    changes["fired_at"] = sa.case((begins, new.occurred_at), else_=sa.func.coalesce(table.c.fired_at, new.fired_at))
    return statement.on_conflict_do_update(index_elements=["fingerprint", "source"], set_=changes)


class Alerts:
    """Inside a transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def get(self, fingerprint: str, source: str) -> Alert | None:
        row = self._connection.execute(_ONE, {"fingerprint": fingerprint, "source": source}).one_or_none()
        return None if row is None else _alert(row)

    def many(self, wanted: Collection[tuple[str, str]]) -> dict[tuple[str, str], Alert]:
        """Those of these (source, fingerprint) that are known."""
        pairs, table = set(wanted), tables.alerts
        found: dict[tuple[str, str], Alert] = {}
        fingerprints = sorted({fingerprint for _, fingerprint in pairs})
        for start in range(0, len(fingerprints), 400):
            some = fingerprints[start : start + 400]
            for row in self._connection.execute(sa.select(table).where(table.c.fingerprint.in_(some))):
                if (row.source, row.fingerprint) in pairs:
                    found[row.source, row.fingerprint] = _alert(row)
        return found

    def put(self, alert: Alert) -> None:
        """Insert or overwrite. Whether it is held, and how it flapped, stays as it was: `note` writes that."""
        values = {name: value for name, value in alert.__dict__.items() if name not in _NOTED}
        values |= {"title": alert.title.raw, "fired_at": alert.occurred_at if alert.state == "firing" else None}
        self._connection.execute(_putting(self._connection.dialect.name), values)

    def note(self, alert: Alert) -> None:
        """Write whether a known alert is held, and how it flapped."""
        self._connection.execute(_NOTE, [_bound(alert, _NOTED)])

    def repeated(self, alerts: Iterable[Alert]) -> None:
        """They said again what is known: count, newest signal and time, nothing else changes."""
        rows = [_bound(alert, _REPEATED) for alert in alerts]
        if rows:
            self._connection.execute(_REPEAT, rows)

    def told_at(self, alert: Alert) -> None:
        """Its time and count are as they were told, whenever it was handed on."""
        self._connection.execute(_REPEAT, [_bound(alert, _REPEATED)])

    def of_case(self, case: str) -> list[Alert]:
        query = sa.select(tables.alerts).where(tables.alerts.c.case == case).order_by(tables.alerts.c.occurred_at)
        return [_alert(row) for row in self._connection.execute(query)]

    def firing_of(self, case: str, needs: Collection[str], *, limit: int) -> list[Alert]:
        """Alerts of a case that fire and are of these classes, the first first."""
        table = tables.alerts
        query = sa.select(table).where(table.c.case == case, table.c.state == "firing", table.c.need.in_(sorted(needs)))
        return [_alert(row) for row in self._connection.execute(query.order_by(table.c.occurred_at).limit(limit))]

    def placed_since(self, since: dt.datetime, *, limit: int) -> list[Alert]:
        """Alerts in cases of which there was news since, the newest first."""
        table = tables.alerts
        query = sa.select(table).where(table.c.occurred_at >= since, table.c.case.is_not(None))
        return [
            _alert(row) for row in self._connection.execute(query.order_by(table.c.occurred_at.desc()).limit(limit))
        ]

    def firing_though_solved(self, *, before: dt.datetime, limit: int = 50) -> list[tuple[str, Untrusted]]:
        """Cases that ended as solved before that time while an alert of theirs still fires: (case, the alert's title).
        Only alerts of sources that have ever said that something is over."""
        alerts, cases = tables.alerts, tables.cases
        speaking = sa.select(alerts.c.source).where(alerts.c.state == "resolved").distinct()
        query = (
            sa.select(alerts.c.case, sa.func.min(alerts.c.title))
            .join(cases, cases.c.id == alerts.c.case)
            .where(alerts.c.state == "firing", alerts.c.source.in_(speaking))
            .where(cases.c.state == "resolved", cases.c.updated_at < before)
            .where(cases.c.outcome.in_(("verified", "prevented", "confirmed")))
            .group_by(alerts.c.case)
            .limit(limit)
        )
        return [(row[0], Untrusted(row[1])) for row in self._connection.execute(query)]

    def join(self, case: str, signal: Signal, *, why: str) -> bool:
        """Link a signal to a case; False if it was linked already."""
        return bool(
            insert_new(
                self._connection,
                tables.case_signals,
                {
                    "case": case,
                    "signal": signal.id,
                    "fingerprint": signal.fingerprint,
                    "state": signal.state,
                    "title": signal.title.raw[:2_000],
                    "occurred_at": signal.occurred_at,
                    "why": why,
                },
            )
        )

    def joined(self, case: str, *, limit: int = 500) -> list[Joined]:
        """The signals of a case, in order of their own time."""
        table = tables.case_signals
        query = sa.select(table).where(table.c.case == case).order_by(table.c.occurred_at, table.c.signal).limit(limit)
        return [Joined(**{**row._mapping, "title": Untrusted(row.title)}) for row in self._connection.execute(query)]

    def joined_count(self, case: str) -> int:
        query = sa.select(sa.func.count()).select_from(tables.case_signals).where(tables.case_signals.c.case == case)
        return int(self._connection.execute(query).scalar_one())

    def add_participant(self, participant: Participant) -> None:
        insert_new(self._connection, tables.participants, participant.model_dump())

    def remove_participant(self, participant: Participant) -> None:
        """They take part in this role no longer."""
        table = tables.participants
        mine = (
            (table.c.case == participant.case) & (table.c.role == participant.role) & (table.c.ref == participant.ref)
        )
        self._connection.execute(sa.delete(table).where(mine))

    def set_owner(self, participant: Participant) -> None:
        """Make somebody the one owner of a case: who was it before is so no longer."""
        table = tables.participants
        others = (table.c.case == participant.case) & (table.c.role == "owner") & (table.c.ref != participant.ref)
        self._connection.execute(sa.delete(table).where(others))
        self.add_participant(participant)

    def cases_of(self, ref: str, role: str, *, limit: int = 20) -> list[str]:
        """Cases in which somebody has that role, newest participation first."""
        table = tables.participants
        query = sa.select(table.c.case).where(table.c.ref == ref, table.c.role == role)
        return list(self._connection.execute(query.order_by(table.c.since.desc()).limit(limit)).scalars())

    def participants(self, case: str) -> list[Participant]:
        table = tables.participants
        query = sa.select(table).where(table.c.case == case).order_by(table.c.role, table.c.ref)
        return [Participant(**row._mapping) for row in self._connection.execute(query)]


def _changing(*names: str) -> sa.Update:
    """One alert's columns, as a statement that is put together once."""
    table = tables.alerts.c
    mine = table.fingerprint == sa.bindparam("of_fingerprint"), table.source == sa.bindparam("of_source")
    return sa.update(tables.alerts).where(*mine).values({name: sa.bindparam(f"new_{name}") for name in names})


def _bound(alert: Alert, names: Iterable[str]) -> dict[str, Any]:
    values = {f"new_{name}": getattr(alert, name) for name in names}
    return {"of_fingerprint": alert.fingerprint, "of_source": alert.source, **values}


_NOTE, _REPEAT = _changing(*_NOTED), _changing(*_REPEATED)


def _alert(row: sa.Row[tuple[object, ...]]) -> Alert:
    return Alert.of(row._asdict())
