"""Figures that were computed by schedule, and what took long to compute."""

import sqlalchemy as sa
from alembic import op

revision = "main_0028"
down_revision = "main_0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "period_marks",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("grain", sa.String(length=10), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_period_marks_grain", "period_marks", ["grain", "since"], unique=False)
    op.create_table(
        "view_marks",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    raise NotImplementedError("a schema is never taken back: restore the backup made before the upgrade")
