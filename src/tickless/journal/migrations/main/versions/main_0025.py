"""What people say of the tools that outside servers offer."""

import sqlalchemy as sa
from alembic import op

revision = "main_0025"
down_revision = "main_0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tool_effects",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("instance", sa.String(length=200), nullable=False),
        sa.Column("tool", sa.String(length=200), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_tool_effects_instance", "tool_effects", ["instance", "tool"])


def downgrade() -> None:
    raise NotImplementedError("a schema is never taken back: restore the backup made before the upgrade")
