"""`database.*`: maintenance of a database server: who works for how long, dead rows, replication."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import AwareDatetime, Field

from tickless.sdk.capabilities.shape import Shape
from tickless.sdk.operations import Output, Params


class LongerThan(Params):
    seconds: float = Field(default=60, ge=0)


class Query(Output):
    """One session at work. `statement` is abstracted: no values of anybody's. With `pid` and `began` it can be ended."""

    pid: int
    began: dt.datetime
    user: str
    database: str
    state: str
    seconds: float
    waits_for: str = ""
    blocked_by: tuple[int, ...] = ()
    statement: str = ""


class Queries(Output):
    """The longest first, fifty at most."""

    queries: tuple[Query, ...] = ()
    blocked: int = 0


class Session(Params):
    """A session as `activity` tells it: a process id alone could be somebody else's by now."""

    pid: int = Field(gt=0)
    began: AwareDatetime
    how: Literal["cancel", "terminate"] = "cancel"
    """`cancel`: the query it works on; `terminate`: the whole session."""


class Ended(Output):
    running: bool
    """Whether it is still at work."""


class AnyTable(Params):
    least_dead: int = Field(default=1_000, ge=0)


class Table(Params):
    table: str = Field(pattern=r"^[^.]+\.[^.]+$", max_length=130)


class TableState(Output):
    """`dead_share` 0–1: dead rows of all rows."""

    table: str
    live_rows: int
    dead_rows: int
    dead_share: float
    size_mb: float
    vacuumed_at: dt.datetime | None = None


class Tables(Output):
    """The most dead rows first, fifty at most."""

    tables: tuple[TableState, ...] = ()


class Anything(Params):
    """The server itself."""


class Standby(Output):
    name: str
    state: str
    lag_seconds: float
    lag_mb: float


class Replication(Output):
    """`is_standby`: this server follows another; then `lag_seconds` is its own delay."""

    is_standby: bool
    lag_seconds: float = 0
    standbys: tuple[Standby, ...] = ()
    slots_idle: int = 0
    """Replication slots that nobody reads: they keep the write-ahead log from being removed."""


SHAPES = (
    Shape("database.activity", "probe", LongerThan, Queries),
    Shape("database.tables", "probe", AnyTable, Tables),
    Shape("database.replication", "probe", Anything, Replication),
    Shape("database.end", "action", Session, Ended),
    Shape("database.vacuum", "action", Table, TableState),
)
