"""The schema. Key columns are what we search and join by; `body` is the whole record as JSON, with its version inside."""

from __future__ import annotations

import datetime as dt
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


ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
"""SQLite numbers rows by itself only for INTEGER PRIMARY KEY."""

main = sa.MetaData()
log = sa.MetaData()


def _table(name: str, *columns: sa.Column[Any] | sa.Index | sa.UniqueConstraint) -> sa.Table:
    return sa.Table(name, main, *columns, sa.Column("body", sa.Text, nullable=False))


def _id() -> sa.Column[Any]:
    return sa.Column("id", sa.String(64), primary_key=True)


def _text(name: str, length: int = 200, *, null: bool = True, index: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length), nullable=null, index=index)


def _time(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, UtcTime, nullable=null)


cases = _table(
    "cases",
    _id(),
    sa.Column("number", sa.Integer, nullable=False, unique=True),
    _text("tenant", null=False),
    _text("kind", 20, null=False),
    _text("need"),
    _text("state", 20, null=False),
    _text("outcome", 20),
    _text("subject", 300),
    _text("service"),
    _text("requester"),
    _text("conversation"),
    _text("door", 10, null=False),
    sa.Column("priority", sa.Integer, nullable=False),
    _time("opened_at"),
    _time("updated_at"),
    _time("hold_until", null=True),
    sa.Index("ix_cases_state_number", "state", "number"),
    sa.Index("ix_cases_subject_need", "subject", "need", "state"),
    sa.Index("ix_cases_service_state", "service", "state"),
    sa.Index("ix_cases_conversation", "conversation", "number"),
    sa.Index("ix_cases_requester", "requester", "number"),
    sa.Index("ix_cases_updated", "updated_at", "number"),
)

case_signals = sa.Table(
    "case_signals",
    main,
    sa.Column("case", sa.String(64), primary_key=True),
    sa.Column("signal", sa.String(64), primary_key=True),
    sa.Column("fingerprint", sa.String(200), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("occurred_at", UtcTime, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Index("ix_case_signals_fingerprint", "fingerprint"),
    sa.Index("ix_case_signals_case_time", "case", "occurred_at"),
)

alerts = sa.Table(
    "alerts",
    main,
    sa.Column("fingerprint", sa.String(200), primary_key=True),
    sa.Column("source", sa.String(200), primary_key=True),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("case", sa.String(64), index=True),
    sa.Column("service", sa.String(200)),
    sa.Column("need", sa.String(200)),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("occurred_at", UtcTime, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    comment="The current state of every alert, by fingerprint.",
)

participants = sa.Table(
    "participants",
    main,
    sa.Column("case", sa.String(64), primary_key=True),
    sa.Column("role", sa.String(20), primary_key=True),
    sa.Column("ref", sa.String(200), primary_key=True),
    sa.Column("conversation", sa.String(200)),
    sa.Column("since", UtcTime, nullable=False),
    sa.Index("ix_participants_ref", "ref"),
)

findings = _table(
    "findings", _id(), _text("signal", null=False, index=True), _text("case", index=True), _time("made_at")
)
decisions = _table("decisions", _id(), _text("case", null=False, index=True), _text("kind", 20), _time("decided_at"))
runs = _table(
    "runs",
    _id(),
    _text("case", null=False, index=True),
    _text("runbook", index=True),
    _text("state", 20, index=True),
    _time("started_at"),
)
receipts = _table(
    "receipts",
    sa.Column("key", sa.String(160), primary_key=True),
    _text("run", null=False, index=True),
    _text("state", 20),
    _time("started_at"),
)
verdicts = _table(
    "verdicts", _id(), _text("case", null=False, index=True), _text("run"), _text("result", 20), _time("made_at")
)
approvals = _table(
    "approvals",
    _id(),
    _text("case", null=False, index=True),
    _text("state", 20, null=False),
    _text("plan_hash", 64),
    _time("asked_at"),
    sa.Index("ix_approvals_state", "state", "asked_at"),
)
messages = _table(
    "messages",
    _id(),
    _text("conversation", null=False),
    _text("case", index=True),
    _time("at"),
    sa.Index("ix_messages_conversation", "conversation", "at", "id"),
)
questions = _table(
    "questions",
    _id(),
    _text("case", null=False, index=True),
    _text("conversation"),
    _text("state", 20, null=False),
    sa.Index("ix_questions_conversation", "conversation", "state"),
)
resolutions = _table(
    "resolutions",
    _id(),
    _text("case", null=False, index=True),
    _text("outcome", 20, null=False, index=True),
    _text("need"),
    _text("runbook"),
    _text("service"),
    _time("at"),
    sa.Index("ix_resolutions_at", "at"),
)
watches = _table(
    "watches", _id(), _text("case", null=False, index=True), _time("due_at"), sa.Index("ix_watches_due", "due_at")
)

people = _table(
    "people", _id(), _text("username", null=False, index=True), _text("email", index=True), _text("name", index=True)
)
devices = _table("devices", _id(), _text("tag", index=True), _text("owner", index=True))
apps = _table("apps", _id(), _text("name"))
services = _table("services", _id(), _text("name"))
dependencies = sa.Table(
    "dependencies",
    main,
    sa.Column("service", sa.String(200), primary_key=True),
    sa.Column("needs", sa.String(200), primary_key=True),
    sa.Column("body", sa.Text, nullable=False),
)
items = _table("configuration_items", _id(), _text("kind"), _text("service", index=True))
articles = _table("articles", _id(), _text("title"))

audit = sa.Table(
    "audit",
    main,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("actor", sa.String(200), nullable=False),
    sa.Column("action", sa.String(100), nullable=False),
    sa.Column("subject", sa.String(300), nullable=False),
    sa.Column("case", sa.String(64), index=True),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("previous", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)
counters = sa.Table(
    "counters",
    main,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)

users = _table("users", _id(), _text("login", null=False, index=True), _text("person", index=True))
sessions = sa.Table(
    "sessions",
    main,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("user", sa.String(64), nullable=False, index=True),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("csrf", sa.String(64), nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("expires_at", UtcTime, nullable=False),
)
api_tokens = _table(
    "api_tokens", _id(), sa.Column("token_hash", sa.String(64), nullable=False, unique=True), _text("user", index=True)
)
one_time = sa.Table(
    "one_time",
    main,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("case", sa.String(64), index=True),
    sa.Column("person", sa.String(64), nullable=False),
    sa.Column("cipher", sa.Text, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("expires_at", UtcTime, nullable=False),
    sa.Column("used_at", UtcTime),
    comment="One-time secrets and codes: encrypted or hashed, shown or accepted once.",
)

outbox = sa.Table(
    "outbox",
    main,
    sa.Column("key", sa.String(200), primary_key=True),
    sa.Column("workflow", sa.String(200), nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    comment="Messages to waiting workflows, committed with what they speak of and delivered right after.",
)

leases = sa.Table(
    "leases",
    main,
    sa.Column("name", sa.String(200), primary_key=True),
    sa.Column("holder", sa.String(200), nullable=False),
    sa.Column("until", UtcTime, nullable=False),
)
nodes = sa.Table(
    "nodes",
    main,
    sa.Column("id", sa.String(200), primary_key=True),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("started_at", UtcTime, nullable=False),
    sa.Column("beat_at", UtcTime, nullable=False),
)
cursors = sa.Table(
    "cursors",
    main,
    sa.Column("consumer", sa.String(100), primary_key=True),
    sa.Column("position", sa.BigInteger, nullable=False),
)
switches = sa.Table(
    "switches",
    main,
    sa.Column("name", sa.String(200), primary_key=True),
    sa.Column("on", sa.Boolean, nullable=False),
    sa.Column("by", sa.String(200), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
)
autonomy = sa.Table(
    "autonomy",
    main,
    sa.Column("runbook", sa.String(200), primary_key=True),
    sa.Column("rung", sa.String(20), nullable=False),
    sa.Column("by", sa.String(200), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
)

signals = sa.Table(
    "signals",
    log,
    sa.Column("seq", ROW_ID, primary_key=True, autoincrement=True),
    sa.Column("id", sa.String(64), nullable=False),
    sa.Column("source", sa.String(200), nullable=False),
    sa.Column("event_key", sa.String(300), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("fingerprint", sa.String(200), nullable=False),
    sa.Column("occurred_at", UtcTime, nullable=False),
    sa.Column("received_at", UtcTime, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.UniqueConstraint("source", "event_key", name="uq_signals_source_event"),
    sa.Index("ix_signals_id", "id"),
)
payloads = sa.Table(
    "payloads",
    log,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("source", sa.String(200), nullable=False),
    sa.Column("received_at", UtcTime, nullable=False),
    sa.Column("content_type", sa.String(200), nullable=False),
    sa.Column("headers", sa.Text, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
)
quarantine = sa.Table(
    "quarantine",
    log,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("source", sa.String(200), nullable=False),
    sa.Column("received_at", UtcTime, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("mend", sa.Text, nullable=False),
    sa.Column("content_type", sa.String(200), nullable=False),
    sa.Column("headers", sa.Text, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("replayed_at", UtcTime),
    sa.Index("ix_quarantine_received", "received_at"),
)
