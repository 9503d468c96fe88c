"""Autonomy has scopes, what runbooks would have done is kept, and so is every set of policies that was in force."""

import sqlalchemy as sa
from alembic import op

revision = "main_0017"
down_revision = "main_0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "autonomy_scopes",
        sa.Column("runbook", sa.String(length=200), nullable=False),
        sa.Column("scope", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("runbook", "scope"),
    )
    op.create_table(
        "shadows",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("case", sa.String(length=64), nullable=False),
        sa.Column("runbook", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_shadows_case", "shadows", ["case"], unique=False)
    op.create_index("ix_shadows_runbook", "shadows", ["runbook", "at"], unique=False)
    op.create_index("ix_shadows_state", "shadows", ["state", "at"], unique=False)
    op.create_table(
        "policy_sets",
        sa.Column("id", sa.String(length=120), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_policy_sets_at", "policy_sets", ["at"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("a schema is never taken back: restore the backup made before the upgrade")
