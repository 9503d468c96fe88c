"""The office's SQLite file: its tables, and what they hold on the first day."""

from __future__ import annotations

import datetime as dt
import sqlite3
from typing import Any

from tickless.sample.estate.ledger import open_file
from tickless.sample.estate.web import Json, Problem

_TABLES = """
create table if not exists account (
  username text primary key, name text not null, enabled integer not null default 1, failed integer not null default 0,
  locked_since text, password text not null default '', password_changed_at text,
  password_expired integer not null default 0, must_change integer not null default 0);
create table if not exists grp (name text primary key);
create table if not exists membership (username text, grp text, primary key (username, grp));
create table if not exists device (
  id text primary key, tag text unique, kind text, owner text, online integer not null default 1,
  disk_free_percent real not null default 46.0);
create table if not exists catalogue (package text primary key, version text not null);
create table if not exists software (device text, package text, version text, primary key (device, package));
create table if not exists profile (username text primary key, serial text not null, expires_at text not null);
create table if not exists session (username text primary key, since text not null);
create table if not exists mailbox (username text primary key, used_mb real not null, quota_mb real not null);
create table if not exists sms (number integer primary key, phone text not null, text text not null, at text not null);
"""


_FILLED = (
    "account", "grp", "membership", "device", "catalogue", "software", "profile", "session", "mailbox", "sms",
)  # fmt: skip


def open_office_file(path: Any, seed: Json) -> sqlite3.Connection:
    """Open the file; fill it if it is new. What happened before a restart is still there."""
    connection = open_file(path)
    connection.executescript(_TABLES)
    if connection.execute("select count(*) from account").fetchone()[0] == 0:
        connection.execute("begin")
        _fill(connection, seed)
        connection.execute("commit")
    return connection


def refill(connection: sqlite3.Connection, seed: Json) -> None:
    """Everything in the office as on the first day."""
    connection.execute("begin immediate")
    for table in _FILLED:
        connection.execute(f"delete from {table}")  # noqa: S608 - our own words
    _fill(connection, seed)
    connection.execute("commit")


def _fill(connection: sqlite3.Connection, seed: Json) -> None:
    today = dt.datetime.now(dt.UTC)
    for number, person in enumerate(seed["people"]):
        username = person["username"]
        changed = (today - dt.timedelta(days=10 + number % 60)).isoformat()
        expires = (today + dt.timedelta(days=60 + number % 200)).isoformat()
        connection.execute(
            "insert into account (username, name, password_changed_at) values (?, ?, ?)",
            (username, person["name"], changed),
        )
        connection.execute("insert into profile values (?, ?, ?)", (username, f"P-{number:05d}-1", expires))
        connection.execute("insert into mailbox values (?, ?, ?)", (username, 800.0 + number * 37 % 3_000, 5_120.0))
        if number % 5 == 0:
            connection.execute("insert into session values (?, ?)", (username, today.isoformat()))
        for group in person["groups"]:
            connection.execute("insert into membership values (?, ?)", (username, group))
    connection.executemany("insert into grp values (?)", [(group,) for group in seed["groups"]])
    connection.executemany("insert into catalogue values (?, ?)", seed["packages"].items())
    for device in seed["devices"]:
        connection.execute(
            "insert into device (id, tag, kind, owner) values (?, ?, ?, ?)",
            (device["id"], device["tag"], device["kind"], device["owner"]),
        )
        for package in device["packages"]:
            connection.execute(
                "insert into software values (?, ?, ?)", (device["id"], package, seed["packages"][package])
            )


def now() -> str:
    return dt.datetime.now(dt.UTC).isoformat()


def one(connection: sqlite3.Connection, query: str, *values: object) -> sqlite3.Row | None:
    """The first row, or None."""
    row: sqlite3.Row | None = connection.execute(query, values).fetchone()
    return row


def rows(connection: sqlite3.Connection, query: str, *values: object) -> list[sqlite3.Row]:
    return connection.execute(query, values).fetchall()


def affected(connection: sqlite3.Connection, statement: str, *values: object) -> bool:
    """Run a change; True if it changed a row."""
    return connection.execute(statement, values).rowcount > 0


def must_exist(row: sqlite3.Row | None, what: str) -> sqlite3.Row:
    """Raises `Problem` (404) when there is no row."""
    if row is None:
        raise Problem(404, f"there is no {what}")
    return row
