"""The tables of merges and splits, links, doubts, and of what they teach. Part of the schema in `tables.py`."""

from __future__ import annotations

import sqlalchemy as sa

from tickless.journal.tables import Key, UtcTime, Words, main

regroups = sa.Table(
    "regroups",
    main,
    sa.Column("id", Key(64), primary_key=True),
    sa.Column("kind", Key(20), nullable=False),
    sa.Column("into", Key(64), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("undone_at", UtcTime),
    sa.Index("ix_regroups_at", "at"),
    sa.Column("body", Words, nullable=False),
)
regroup_cases = sa.Table(
    "regroup_cases",
    main,
    sa.Column("case", Key(64), primary_key=True),
    sa.Column("regroup", Key(64), primary_key=True),
)
regroup_moves = sa.Table(
    "regroup_moves",
    main,
    sa.Column("regroup", Key(64), primary_key=True),
    sa.Column("what", Key(20), primary_key=True),
    sa.Column("one", Key(200), primary_key=True),
    sa.Column("two", Key(200), primary_key=True),
    sa.Column("origin", Key(64), nullable=False),
    sa.Column("place", Key(64), nullable=False),
    sa.Index("ix_regroup_moves_what", "what", "one", "two"),
    comment="What a merge or split moved: an alert (fingerprint, source), a signal, a finding, a person (ref, role), a child.",
)
case_links = sa.Table(
    "case_links",
    main,
    sa.Column("child", Key(64), primary_key=True),
    sa.Column("parent", Key(64), nullable=False, index=True),
    sa.Column("looked_at", UtcTime),
    sa.Column("body", Words, nullable=False),
)
doubts = sa.Table(
    "doubts",
    main,
    sa.Column("id", Key(64), primary_key=True),
    sa.Column("one", Key(64), nullable=False, index=True),
    sa.Column("other", Key(64), nullable=False, index=True),
    sa.Column("state", Key(20), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Index("ix_doubts_state", "state", "at"),
    sa.Column("body", Words, nullable=False),
)
routings = sa.Table(
    "routings",
    main,
    sa.Column("id", Key(64), primary_key=True),
    sa.Column("at", UtcTime, nullable=False, index=True),
    sa.Column("body", Words, nullable=False),
)
routing_rules = sa.Table(
    "routing_rules",
    main,
    sa.Column("id", Key(64), primary_key=True),
    sa.Column("state", Key(20), nullable=False, index=True),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("body", Words, nullable=False),
)
grouping_lessons = sa.Table(
    "grouping_lessons",
    main,
    sa.Column("id", Key(64), primary_key=True),
    sa.Column("state", Key(20), nullable=False, index=True),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("body", Words, nullable=False),
)
