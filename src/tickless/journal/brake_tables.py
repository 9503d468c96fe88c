"""The tables of change rules and of targets. Part of the schema in `tables.py`."""

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
