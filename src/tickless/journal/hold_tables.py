"""The tables of what is held back, of silences, and of how alerts usually go. Part of the schema in `tables.py`."""

from __future__ import annotations

import sqlalchemy as sa

from tickless.journal.tables import Key, UtcTime, Words, main

holds = sa.Table(
    "holds",
    main,
    sa.Column("id", Key(64), primary_key=True),
    sa.Column("source", Key(200), nullable=False),
    sa.Column("fingerprint", Key(200), nullable=False),
    sa.Column("reason", Key(20), nullable=False),
    sa.Column("ref", Key(64), nullable=False),
    sa.Column("service", Key(200)),
    sa.Column("state", Key(20), nullable=False),
    sa.Column("since", UtcTime, nullable=False),
    sa.Column("until", UtcTime, nullable=False),
    sa.Column("body", Words, nullable=False),
    sa.Index("ix_holds_alert", "source", "fingerprint", "state"),
    sa.Index("ix_holds_state_until", "state", "until"),
    sa.Index("ix_holds_ref_state", "ref", "state"),
    sa.Index("ix_holds_since", "since", "id"),
)
silences = sa.Table(
    "silences",
    main,
    sa.Column("id", Key(64), primary_key=True),
    sa.Column("owner", Key(200), index=True),
    sa.Column("starts_at", UtcTime, nullable=False),
    sa.Column("ends_at", UtcTime, index=True),
    sa.Column("body", Words, nullable=False),
)
alert_habits = sa.Table(
    "alert_habits",
    main,
    sa.Column("id", Key(64), primary_key=True),
    sa.Column("source", Key(200)),
    sa.Column("need", Key(200)),
    sa.Column("severity", Key(20)),
    sa.Column("body", Words, nullable=False),
)
