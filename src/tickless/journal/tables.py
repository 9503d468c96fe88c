"""The schema. Key columns are what we search and join by; `body` is the whole record as JSON, with its version inside."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from tickless.journal.columns import EPOCH, ROW_ID, Key, UtcTime, Words, storable, to_micros

__all__ = ["EPOCH", "ROW_ID", "Key", "UtcTime", "Words", "storable", "to_micros"]

main = sa.MetaData()
log = sa.MetaData()


def _table(name: str, *columns: sa.Column[Any] | sa.Index | sa.UniqueConstraint) -> sa.Table:
    return sa.Table(name, main, *columns, sa.Column("body", Words, nullable=False))


def _id() -> sa.Column[Any]:
    return sa.Column("id", Key(64), primary_key=True)


def _text(name: str, length: int = 200, *, null: bool = True, index: bool = False) -> sa.Column[Any]:
    return sa.Column(name, Key(length), nullable=null, index=index)


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
    *(sa.Index(f"ix_cases_{name}_number", name, "number") for name in ("kind", "door", "need", "outcome")),
)

case_signals = sa.Table(
    "case_signals",
    main,
    sa.Column("case", Key(64), primary_key=True),
    sa.Column("signal", Key(64), primary_key=True),
    sa.Column("fingerprint", Key(200), nullable=False),
    sa.Column("state", Key(20), nullable=False),
    sa.Column("title", Words, nullable=False),
    sa.Column("occurred_at", UtcTime, nullable=False),
    sa.Column("why", Words, nullable=False),
    sa.Index("ix_case_signals_fingerprint", "fingerprint"),
    sa.Index("ix_case_signals_case_time", "case", "occurred_at"),
)

FIRING = sa.text("state = 'firing'")
"""To be said in these very words, for the index of what fires."""

alerts = sa.Table(
    "alerts",
    main,
    sa.Column("fingerprint", Key(200), primary_key=True),
    sa.Column("source", Key(200), primary_key=True),
    sa.Column("state", Key(20), nullable=False),
    sa.Column("case", Key(64), index=True),
    sa.Column("service", Key(200)),
    sa.Column("need", Key(200)),
    sa.Column("title", Words, nullable=False),
    sa.Column("occurred_at", UtcTime, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("severity", Key(20)),
    sa.Column("signal", Key(64)),
    sa.Column("fired_at", UtcTime),
    sa.Column("held", Key(20)),
    sa.Column("penalty", sa.Float),
    sa.Column("penalty_at", UtcTime),
    sa.Column("damped_since", UtcTime),
    sa.Index("ix_alerts_source_time", "source", "occurred_at"),
    sa.Index("ix_alerts_state_time", "state", "occurred_at"),
    sa.Index("ix_alerts_time", "occurred_at", "fingerprint", "source"),
    sa.Index("ix_alerts_held", "held"),
    sa.Index("ix_alerts_firing", "need", "case", sqlite_where=FIRING, postgresql_where=FIRING),
    comment="The current state of every alert, by fingerprint.",
)

participants = sa.Table(
    "participants",
    main,
    sa.Column("case", Key(64), primary_key=True),
    sa.Column("role", Key(20), primary_key=True),
    sa.Column("ref", Key(200), primary_key=True),
    sa.Column("conversation", Key(200)),
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
    sa.Column("key", Key(160), primary_key=True),
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
    sa.Index(
        "ix_messages_conversation_begins", "conversation", "id", postgresql_ops={"conversation": "varchar_pattern_ops"}
    ),
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
    sa.Column("seconds", sa.Float, nullable=False),
    sa.Column("minutes_saved", sa.Float, nullable=False),
    sa.Index("ix_resolutions_at", "at"),
    sa.Index("ix_resolutions_runbook", "runbook", "at"),
    sa.Index("ix_resolutions_counted", "outcome", "seconds", "minutes_saved"),
)
watches = _table(
    "watches",
    _id(),
    _text("case", null=False, index=True),
    _text("subject", 300, index=True),
    _time("due_at"),
    sa.Index("ix_watches_due", "due_at"),
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
    sa.Column("service", Key(200), primary_key=True),
    sa.Column("needs", Key(200), primary_key=True),
    sa.Column("body", Words, nullable=False),
)
items = _table("configuration_items", _id(), _text("kind"), _text("service", index=True))
suppliers = _table("suppliers", _id(), _text("name"))
map_claims = _table(
    "map_claims",
    _id(),
    _text("source", null=False, index=True),
    _text("kind", 20, null=False),
    _text("key", 420, null=False),
    sa.Index("ix_map_claims_thing", "kind", "key"),
)
map_spans = _table(
    "map_spans",
    _id(),
    _text("kind", 20, null=False),
    _text("key", 420, null=False),
    _time("valid_from"),
    _time("valid_to", null=True),
    sa.Index("ix_map_spans_thing", "kind", "key", "valid_from"),
    sa.Index("ix_map_spans_open", "valid_to"),
)
map_refused = _table(
    "map_refused",
    _id(),
    _text("source", null=False, index=True),
    _text("state", 20, null=False, index=True),
    _time("at"),
)
articles = _table("articles", _id(), _text("title"))
article_versions = _table("article_versions", _id(), _text("article", null=False, index=True), _time("at"))
asked = _table(
    "asked",
    _id(),
    _text("conversation", index=True),
    _text("article", index=True),
    _time("at"),
    sa.Index("ix_asked_at", "at"),
)
lessons = _table(
    "lessons", _id(), _text("state", 20, index=True), _text("conversation", index=True), _text("need"), _time("at")
)
catalogue = _table("catalogue", _id(), _text("name"), _text("need", index=True))
changes = _table(
    "changes",
    _id(),
    _text("kind", 20),
    _text("service"),
    _time("occurred_at"),
    sa.Index("ix_changes_service_time", "service", "occurred_at"),
)
known_errors = _table("known_errors", _id(), _text("service", index=True), _text("state", 20))
sightings = _table(
    "sightings",
    _id(),
    _text("fingerprint", null=False),
    _text("series", 64, null=False),
    _text("subject", index=True),
    _time("at"),
    sa.Index("ix_sightings_fingerprint", "fingerprint", "at"),
    sa.Index("ix_sightings_series", "series", "at"),
    sa.Index("ix_sightings_at", "at"),
)
foretold = _table(
    "foretold",
    _id(),
    _text("series", 64, null=False),
    sa.Column("open", sa.Boolean, nullable=False),
    _time("at"),
    sa.Index("ix_foretold_at", "at"),
)
answers = _table(
    "telemetry_answers",
    _id(),
    _text("series", 64, null=False),
    _time("at"),
    sa.Index("ix_telemetry_answers_series", "series", "at"),
    sa.Index("ix_telemetry_answers_at", "at"),
)
maintenance = _table(
    "maintenance", _id(), _text("service", index=True), _time("starts_at"), sa.Column("ends_at", UtcTime, index=True)
)
work_series = _table("work_series", _id(), _text("service", index=True), sa.Column("ended", sa.Boolean, nullable=False))
report_subscriptions = _table(
    "report_subscriptions", _id(), _text("person", index=True), sa.Column("ended", sa.Boolean, nullable=False)
)
bulletins = _table("bulletins", _id(), _text("case", index=True), _time("at"))
ratings = _table("ratings", _id(), _text("case", index=True), _time("at"))
tickets = _table(
    "tickets",
    _id(),
    _text("case", null=False, index=True),
    _text("system", null=False),
    _text("external"),
    _text("state", 20, null=False, index=True),
    _time("due_at"),
    sa.Index("ix_tickets_external", "system", "external"),
    sa.Index("ix_tickets_state_due", "state", "due_at"),
)

held_messages = _table(
    "held_messages",
    _id(),
    _text("conversation", null=False),
    sa.Column("place", sa.BigInteger, nullable=False),
    sa.Index("ix_held_messages_conversation", "conversation", "place"),
)
case_summaries = _table("case_summaries", _id(), _text("case", 64, null=False, index=True), _time("at"))

bindings = _table(
    "bindings",
    sa.Column("id", Key(300), primary_key=True),
    _text("channel", null=False),
    _text("account", 300, null=False),
    _text("person", null=False, index=True),
    sa.Column("active", sa.Boolean, nullable=False),
)
delegations = _table("delegations", _id(), _text("person", index=True), _text("delegate", index=True), _time("until"))
person_changes = _table("person_changes", _id(), _text("person", index=True), _time("at"))
threads = _table(
    "threads",
    sa.Column("id", Key(200), primary_key=True),
    _text("channel", null=False),
    _text("account", 300),
    _text("person", index=True),
    _time("last_heard_at"),
    sa.Index("ix_threads_account", "channel", "account"),
)
deliveries = _table(
    "deliveries",
    sa.Column("id", Key(300), primary_key=True),
    _text("thread", null=False, index=True),
    _text("state", 20, null=False),
    _time("due_at"),
    sa.Column("tries", sa.Integer, nullable=False),
    _time("spoken_at", null=True),
    sa.Index("ix_deliveries_state_due", "state", "due_at"),
    sa.Index("ix_deliveries_thread_spoken", "thread", "spoken_at"),
)
marks = sa.Table(
    "marks",
    main,
    sa.Column("name", Key(200), primary_key=True),
    sa.Column("value", Words, nullable=False),
    comment="Where a listener stands in an outside channel: its own word, kept for it.",
)

audit = sa.Table(
    "audit",
    main,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("actor", Key(200), nullable=False),
    sa.Column("action", Key(100), nullable=False),
    sa.Column("subject", Key(300), nullable=False),
    sa.Column("case", Key(64), index=True),
    sa.Column("detail", Words, nullable=False),
    sa.Column("previous", Key(64), nullable=False),
    sa.Column("hash", Key(64), nullable=False),
    sa.Column("detail_hash", Key(64)),
    sa.Column("dropped_at", UtcTime),
)
counters = sa.Table(
    "counters",
    main,
    sa.Column("name", Key(64), primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
    sa.Column("hash", Key(64), nullable=False),
)

outbox = sa.Table(
    "outbox",
    main,
    sa.Column("key", Key(200), primary_key=True),
    sa.Column("workflow", Key(200), nullable=False),
    sa.Column("message", Words, nullable=False),
    comment="Messages to waiting workflows, committed with what they speak of and delivered right after.",
)

leases = sa.Table(
    "leases",
    main,
    sa.Column("name", Key(200), primary_key=True),
    sa.Column("holder", Key(200), nullable=False),
    sa.Column("until", UtcTime, nullable=False),
)
nodes = sa.Table(
    "nodes",
    main,
    sa.Column("id", Key(200), primary_key=True),
    sa.Column("role", Key(20), nullable=False),
    sa.Column("started_at", UtcTime, nullable=False),
    sa.Column("beat_at", UtcTime, nullable=False),
)
cursors = sa.Table(
    "cursors",
    main,
    sa.Column("consumer", Key(100), primary_key=True),
    sa.Column("position", sa.BigInteger, nullable=False),
)
switches = sa.Table(
    "switches",
    main,
    sa.Column("name", Key(200), primary_key=True),
    sa.Column("on", sa.Boolean, nullable=False),
    sa.Column("by", Key(200), nullable=False),
    sa.Column("reason", Words, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
)
autonomy = sa.Table(
    "autonomy",
    main,
    sa.Column("runbook", Key(200), primary_key=True),
    sa.Column("rung", Key(20), nullable=False),
    sa.Column("by", Key(200), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
)

signals = sa.Table(
    "signals",
    log,
    sa.Column("seq", ROW_ID, primary_key=True, autoincrement=True),
    sa.Column("id", Key(64), nullable=False),
    sa.Column("source", Key(200), nullable=False),
    sa.Column("event_key", Key(300), nullable=False),
    sa.Column("kind", Key(20), nullable=False),
    sa.Column("state", Key(20), nullable=False),
    sa.Column("fingerprint", Key(200), nullable=False),
    sa.Column("occurred_at", UtcTime, nullable=False),
    sa.Column("received_at", UtcTime, nullable=False),
    sa.Column("body", Words, nullable=False),
    sa.UniqueConstraint("source", "event_key", name="uq_signals_source_event"),
    sa.Index("ix_signals_id", "id"),
)
payloads = sa.Table(
    "payloads",
    log,
    sa.Column("id", Key(64), primary_key=True),
    sa.Column("source", Key(200), nullable=False),
    sa.Column("received_at", UtcTime, nullable=False),
    sa.Column("content_type", Key(200), nullable=False),
    sa.Column("headers", Words, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
)
quarantine = sa.Table(
    "quarantine",
    log,
    sa.Column("id", Key(64), primary_key=True),
    sa.Column("source", Key(200), nullable=False),
    sa.Column("received_at", UtcTime, nullable=False),
    sa.Column("reason", Words, nullable=False),
    sa.Column("mend", Words, nullable=False),
    sa.Column("content_type", Key(200), nullable=False),
    sa.Column("headers", Words, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("replayed_at", UtcTime),
    sa.Index("ix_quarantine_received", "received_at"),
)
