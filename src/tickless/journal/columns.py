"""The kinds of columns: times as whole microseconds, words of any length, short keys; the same on both databases."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import sqlalchemy as sa

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class UtcTime(sa.types.TypeDecorator[dt.datetime]):
    """An aware UTC time as whole microseconds: the same order, size and index on both databases."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: sa.Dialect) -> int | None:
        return None if value is None else to_micros(value)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> dt.datetime | None:
        return None if value is None else EPOCH + dt.timedelta(microseconds=value)


def to_micros(value: dt.datetime) -> int:
    """Whole microseconds since 1970. Raises ValueError for a naive time."""
    if value.tzinfo is None:
        raise ValueError("only aware times are stored")
    return (value - EPOCH) // dt.timedelta(microseconds=1)


def storable(text: str, length: int | None = None) -> str:
    """Text that both databases take: no NUL, at most `length` long; what is too long ends with a hash of the whole."""
    plain = text.replace("\x00", "\ufffd")
    if length is None or len(plain) <= length:
        return plain
    return plain[: length - 17] + "~" + hashlib.sha256(plain.encode(errors="replace")).hexdigest()[:16]


class Words(sa.types.TypeDecorator[str]):
    """Text of any length, which may come from outside."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        return None if value is None else storable(value)


class Key(sa.types.TypeDecorator[str]):
    """Short text to search and join by. What is too long is shortened the same way when it is stored and when it is sought."""

    impl = sa.String
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        return None if value is None else storable(value, self.length)


ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
"""SQLite numbers rows by itself only for INTEGER PRIMARY KEY."""
