"""The tables of scoped autonomy, of shadows and of policy sets. Part of the schema in `tables.py`."""

from __future__ import annotations

import sqlalchemy as sa

from tickless.journal.tables import Key, UtcTime, Words, main

autonomy_scopes = sa.Table(
    "autonomy_scopes",
    main,
    sa.Column("runbook", Key(200), primary_key=True),
    sa.Column("scope", Key(200), primary_key=True),
    sa.Column("body", Words, nullable=False),
)
shadows = sa.Table(
    "shadows",
    main,
    sa.Column("id", Key(64), primary_key=True),
    sa.Column("case", Key(64), nullable=False, index=True),
    sa.Column("runbook", Key(200), nullable=False),
    sa.Column("state", Key(20), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("body", Words, nullable=False),
    sa.Index("ix_shadows_runbook", "runbook", "at"),
    sa.Index("ix_shadows_state", "state", "at"),
)
policy_sets = sa.Table(
    "policy_sets",
    main,
    sa.Column("id", Key(120), primary_key=True),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("body", Words, nullable=False),
    sa.Index("ix_policy_sets_at", "at"),
)
