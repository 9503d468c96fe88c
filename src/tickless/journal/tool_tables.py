"""The table of what people say of outside tools. Part of the schema in `tables.py`."""

from __future__ import annotations

import sqlalchemy as sa

from tickless.journal.tables import Key, UtcTime, Words, main

tool_effects = sa.Table(
    "tool_effects",
    main,
    sa.Column("id", Key(64), primary_key=True),
    sa.Column("instance", Key(200), nullable=False),
    sa.Column("tool", Key(200), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("body", Words, nullable=False),
    sa.Index("ix_tool_effects_instance", "instance", "tool"),
)
