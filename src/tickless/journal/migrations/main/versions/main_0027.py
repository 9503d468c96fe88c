"""Runbooks that people propose."""

import sqlalchemy as sa
from alembic import op

revision = "main_0027"
down_revision = "main_0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "runbook_drafts",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("runbook", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_runbook_drafts_runbook", "runbook_drafts", ["runbook"], unique=False)
    op.create_index("ix_runbook_drafts_state", "runbook_drafts", ["state", "at"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("a schema is never taken back: restore the backup made before the upgrade")
