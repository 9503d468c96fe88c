"""Change freezes and windows have a place, and so has how changing each target went."""

import sqlalchemy as sa
from alembic import op

revision = "main_0015"
down_revision = "main_0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "change_rules",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_change_rules_ends_at", "change_rules", ["ends_at"], unique=False)
    op.create_table(
        "target_states",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_target_states_opened_at", "target_states", ["opened_at"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("a schema is never taken back: restore the backup made before the upgrade")
