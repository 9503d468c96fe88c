"""The tables of tickets of the past, of their imports, and of what was found in them. Part of the schema in `tables.py`."""

from __future__ import annotations

import sqlalchemy as sa

from tickless.journal.tables import Key, UtcTime, Words, main

history_sources = sa.Table(
    "history_sources",
    main,
    sa.Column("name", Key(100), primary_key=True),
    sa.Column("secret", Key(64), nullable=False, comment="Makes the pseudonyms of its people."),
    sa.Column("body", Words, nullable=False),
)
history_tickets = sa.Table(
    "history_tickets",
    main,
    sa.Column("id", Key(64), primary_key=True),
    sa.Column("source", Key(100), nullable=False),
    sa.Column("number", Key(100), nullable=False),
    sa.Column("kind", Key(20), nullable=False),
    sa.Column("state", Key(20)),
    sa.Column("opened_at", UtcTime),
    sa.Column("resolved_at", UtcTime),
    sa.Column("closed_at", UtcTime),
    sa.Column("updated_at", UtcTime),
    sa.Column("category", Key(200)),
    sa.Column("team", Key(200)),
    sa.Column("service", Key(200)),
    sa.Column("channel", Key(100)),
    sa.Column("priority", sa.Integer),
    sa.Column("body", Words, nullable=False),
    sa.Index("ix_history_tickets_opened", "opened_at", "id"),
    sa.Index("ix_history_tickets_source", "source", "number"),
)
history_events = sa.Table(
    "history_events",
    main,
    sa.Column("ticket", Key(64), primary_key=True),
    sa.Column("key", Key(64), primary_key=True),
    sa.Column("row", sa.Integer, nullable=False),
    sa.Column("body", Words, nullable=False),
)
history_imports = sa.Table(
    "history_imports",
    main,
    sa.Column("id", Key(64), primary_key=True),
    sa.Column("source", Key(100), nullable=False),
    sa.Column("state", Key(20), nullable=False),
    sa.Column("made_at", UtcTime, nullable=False),
    sa.Column("body", Words, nullable=False),
    sa.Index("ix_history_imports_state", "state", "made_at"),
)
history_refused = sa.Table(
    "history_refused",
    main,
    sa.Column("id", Key(80), primary_key=True),
    sa.Column("import_id", Key(64), nullable=False),
    sa.Column("row", sa.Integer, nullable=False),
    sa.Column("body", Words, nullable=False),
    sa.Index("ix_history_refused_import", "import_id", "row"),
)
minings = sa.Table(
    "minings",
    main,
    sa.Column("id", Key(64), primary_key=True),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("body", Words, nullable=False),
    sa.Index("ix_minings_at", "at"),
)
opportunities = sa.Table(
    "opportunities",
    main,
    sa.Column("id", Key(64), primary_key=True),
    sa.Column("state", Key(20), nullable=False),
    sa.Column("rank", sa.Integer, nullable=False),
    sa.Column("mining", Key(64), nullable=False),
    sa.Column("body", Words, nullable=False),
    sa.Index("ix_opportunities_rank", "state", "rank"),
)
mined_members = sa.Table(
    "mined_members",
    main,
    sa.Column("item", Key(64), primary_key=True, comment="A ticket of the past, or a case."),
    sa.Column("opportunity", Key(64), nullable=False),
    sa.Column("at", UtcTime),
    sa.Index("ix_mined_members_opportunity", "opportunity", "at"),
)
