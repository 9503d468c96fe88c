"""Planned work that comes again has a place."""

import sqlalchemy as sa
from alembic import op

revision = "main_0018"
down_revision = "main_0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "work_series",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("service", sa.String(length=200), nullable=True),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_work_series_service", "work_series", ["service"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("a schema is never taken back: restore the backup made before the upgrade")
