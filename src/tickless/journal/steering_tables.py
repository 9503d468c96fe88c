"""The tables of what leadership assumes and says, and of how maturity stood. Part of the schema in `tables.py`."""

from __future__ import annotations

import sqlalchemy as sa

from tickless.journal.tables import Key, UtcTime, Words, main

assumptions = sa.Table(
    "assumptions",
    main,
    sa.Column("id", Key(64), primary_key=True),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("body", Words, nullable=False),
)
maturity_answers = sa.Table(
    "maturity_answers",
    main,
    sa.Column("id", Key(64), primary_key=True),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("body", Words, nullable=False),
)
maturity_marks = sa.Table(
    "maturity_marks",
    main,
    sa.Column("id", Key(64), primary_key=True),
    sa.Column("model", Key(20), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("body", Words, nullable=False),
    sa.Index("ix_maturity_marks_model", "model", "at"),
)
period_marks = sa.Table(
    "period_marks",
    main,
    sa.Column("id", Key(64), primary_key=True),
    sa.Column("grain", Key(10), nullable=False),
    sa.Column("since", UtcTime, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("body", Words, nullable=False),
    sa.Index("ix_period_marks_grain", "grain", "since"),
)
view_marks = sa.Table(
    "view_marks",
    main,
    sa.Column("id", Key(64), primary_key=True),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("body", Words, nullable=False),
)
