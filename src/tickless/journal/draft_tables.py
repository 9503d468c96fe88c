"""The table of proposed runbooks. Part of the schema in `tables.py`."""

from __future__ import annotations

import sqlalchemy as sa

from tickless.journal.tables import Key, UtcTime, Words, main

runbook_drafts = sa.Table(
    "runbook_drafts",
    main,
    sa.Column("id", Key(64), primary_key=True),
    sa.Column("runbook", Key(200), nullable=False, index=True),
    sa.Column("state", Key(20), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("body", Words, nullable=False),
    sa.Index("ix_runbook_drafts_state", "state", "at"),
)
