"""Which events are in the signal log, so that each is kept once.

Keys of events have no order: an index of them is written all over with every batch, and that was half of what a signal cost.
So the newest signals are known in memory, read from the log itself, and their keys go into the index many at a time and in
its order (the idea of O'Neil, Cheng, Gawlick and O'Neil, "The log-structured merge-tree", 1996, with two levels).
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final, NamedTuple

import sqlalchemy as sa

from tickless.journal import tables
from tickless.journal.signal_row import SignalRow

MERGE_FROM: Final = 20_000
"""Most events that are known in memory alone: read at a start, and written at once (a tenth of a second)."""
_AT_ONCE: Final = 100
_MARK: Final = "event_keys"
_ENDS: Final = f"SELECT (SELECT seq FROM log_marks WHERE name = '{_MARK}'), (SELECT max(seq) FROM signals)"  # noqa: S608


class Fresh(NamedTuple):
    """Rows to append, their keys, and where the log ended before."""

    rows: list[SignalRow]
    keys: list[bytes]
    head: int


class EventKeys:
    """Used by the appends, one after the other; several processes may each have their own."""

    def __init__(self, mark: str, *, merge_from: int = MERGE_FROM) -> None:
        self._merge_from = merge_from
        self._lock = threading.Lock()
        self._newest: dict[bytes, int] = {}
        """Key → place in the log, of what is behind the merged ones."""
        self._seen = 0
        self._merged = 0
        marks = ", ".join([mark] * _AT_ONCE)
        rows = ", ".join([f"({mark}, {mark})"] * _AT_ONCE)
        self._find = f"SELECT key FROM event_keys WHERE key IN ({marks})"  # noqa: S608 - our own marks
        self._keep_many = f"INSERT INTO event_keys (key, seq) VALUES {rows}"  # noqa: S608
        self._keep_one = f"INSERT INTO event_keys (key, seq) VALUES ({mark}, {mark})"  # noqa: S608

    def fresh(self, connection: sa.Connection, rows: Sequence[SignalRow]) -> Fresh:
        """Those rows whose event is not in the log yet, each event once. In the transaction that appends them: nobody else
        appends meanwhile."""
        found: dict[bytes, SignalRow] = {}
        with self._lock:
            self._catch_up(connection)
            newest, head = self._newest, self._seen
            for row in rows:
                key = _key(row.source, row.event_key)
                if key not in newest:
                    found.setdefault(key, row)
        for known in self._known(connection, list(found)):
            del found[known]
        return Fresh(list(found.values()), list(found), head)

    def appended(self, connection: sa.Connection, fresh: Fresh) -> bool:
        """Whether they stand behind each other at the log's end, so that `note` may know them without reading them."""
        return self._ends(connection)[1] == fresh.head + len(fresh.rows)

    def note(self, fresh: Fresh) -> None:
        """They are durable."""
        with self._lock:
            if self._seen == fresh.head:
                self._newest.update(
                    zip(fresh.keys, range(fresh.head + 1, fresh.head + 1 + len(fresh.keys)), strict=True)
                )
                self._seen = fresh.head + len(fresh.keys)

    def place(self, connection: sa.Connection, source: str, event_key: str) -> int | None:
        """Where an event stands in the log."""
        table, log = tables.event_keys.c, tables.signals.c
        merged = connection.execute(sa.select(table.seq).where(table.key == _key(source, event_key))).scalar()
        if merged is not None:
            return int(merged)
        query = sa.select(log.seq).where(
            log.seq > _merged(connection), log.source == source, log.event_key == event_key
        )
        place = connection.execute(query).scalar()
        return None if place is None else int(place)

    @property
    def full(self) -> bool:
        """Whether it is time to merge."""
        return len(self._newest) >= self._merge_from

    def merge(self, connection: sa.Connection) -> Merge:
        """Write the keys of the newest signals into the index. Call `Merge.done` when that is durable."""
        with self._lock:
            self._catch_up(connection)
            kept = sorted(self._newest.items())
            upto = self._seen
        whole = len(kept) // _AT_ONCE * _AT_ONCE
        for begin in range(0, whole, _AT_ONCE):
            values = tuple(chain.from_iterable(kept[begin : begin + _AT_ONCE]))
            connection.exec_driver_sql(self._keep_many, values)
        if whole < len(kept):
            connection.exec_driver_sql(self._keep_one, kept[whole:])
        marks = tables.log_marks
        connection.execute(sa.delete(marks).where(marks.c.name == _MARK))
        connection.execute(sa.insert(marks).values(name=_MARK, seq=upto))
        return Merge(self, upto)

    def forget(self, upto: int) -> None:
        """What stands up to there is in the index."""
        with self._lock:
            self._merged = max(self._merged, upto)
            self._newest = {key: seq for key, seq in self._newest.items() if seq > self._merged}

    def _catch_up(self, connection: sa.Connection) -> None:
        """Take in what was appended and merged since, by this process or another."""
        merged, head = self._ends(connection)
        if head < self._seen or merged < self._merged:  # another database than before
            self._newest, self._seen, self._merged = {}, 0, 0
        if merged > self._merged:
            self._merged = merged
            self._newest = {key: seq for key, seq in self._newest.items() if seq > merged}
        since = max(self._seen, merged)
        if head > since:
            log = tables.signals.c
            query = sa.select(log.seq, log.source, log.event_key).where(log.seq > since)
            for seq, source, event_key in connection.execute(query):
                self._newest[_key(source, event_key)] = seq
        self._seen = max(head, merged)

    @staticmethod
    def _ends(connection: sa.Connection) -> tuple[int, int]:
        """(how far it is merged, where the log ends)."""
        found = connection.exec_driver_sql(_ENDS).one()
        return int(found[0] or 0), int(found[1] or 0)

    def _known(self, connection: sa.Connection, keys: Sequence[bytes]) -> Iterator[bytes]:
        for begin in range(0, len(keys), _AT_ONCE):
            part = keys[begin : begin + _AT_ONCE]
            same = (*part, *[part[-1]] * (_AT_ONCE - len(part)))  # one statement, prepared once
            for row in connection.exec_driver_sql(self._find, same):
                yield bytes(row[0])


class Merge:
    """A merge that is written, and not durable yet."""

    def __init__(self, keys: EventKeys, upto: int) -> None:
        self._keys, self._upto = keys, upto

    def done(self) -> None:
        self._keys.forget(self._upto)


def _merged(connection: sa.Connection) -> int:
    marks = tables.log_marks.c
    return int(connection.execute(sa.select(marks.seq).where(marks.name == _MARK)).scalar() or 0)


def _key(source: str, event_key: str) -> bytes:
    """128 bits: that two events ever share them is less likely than that the disk forgets one."""
    return hashlib.blake2b(f"{source}\0{event_key}".encode("utf-8", "surrogatepass"), digest_size=16).digest()
