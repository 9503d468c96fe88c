"""The tables of change rules, of targets, and of what was done about brakes. Part of the schema in `tables.py`."""

from __future__ import annotations

import sqlalchemy as sa

from tickless.journal.tables import Key, UtcTime, Words, main

change_rules = sa.Table(
    "change_rules",
    main,
    sa.Column("id", Key(64), primary_key=True),
    sa.Column("kind", Key(20), nullable=False),
    sa.Column("starts_at", UtcTime, nullable=False),
    sa.Column("ends_at", UtcTime, index=True),
    sa.Column("body", Words, nullable=False),
)
target_states = sa.Table(
    "target_states",
    main,
    sa.Column("id", Key(200), primary_key=True),
    sa.Column("opened_at", UtcTime, index=True),
    sa.Column("updated_at", UtcTime, nullable=False),
    sa.Column("body", Words, nullable=False),
)
brake_deeds = sa.Table(
    "brake_deeds",
    main,
    sa.Column("id", Key(64), primary_key=True),
    sa.Column("name", Key(200), nullable=False),
    sa.Column("at", UtcTime, nullable=False, index=True),
    sa.Column("body", Words, nullable=False),
)
