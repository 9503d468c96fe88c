"""The tables of the practices: every one has the same columns to search by, and the whole record beside them."""

from __future__ import annotations

import sqlalchemy as sa

from tickless.journal.tables import Key, UtcTime, Words, main


def _table(name: str) -> sa.Table:
    return sa.Table(
        name,
        main,
        sa.Column("id", Key(64), primary_key=True),
        sa.Column("state", Key(30), nullable=False),
        sa.Column("service", Key(200)),
        sa.Column("owner", Key(200)),
        sa.Column("ref", Key(200)),
        sa.Column("due", UtcTime, nullable=False),
        sa.Column("body", Words, nullable=False),
        sa.Index(f"ix_{name}_state", "state", "due"),
        sa.Index(f"ix_{name}_service", "service", "due"),
        sa.Index(f"ix_{name}_ref", "ref"),
    )


change_records = _table("change_records")
change_models = _table("change_models")
major_incidents = _table("major_incidents")
oncall_schedules = _table("oncall_schedules")
oncall_pages = _table("oncall_pages")
problem_records = _table("problem_records")
agreements = _table("agreements")
referrals = _table("referrals")
improvements = _table("improvements")
portfolio = _table("portfolio")
assets = _table("assets")
paging_rules = sa.Table(
    "paging_rules",
    main,
    sa.Column("person", Key(200), primary_key=True),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("body", Words, nullable=False),
)
