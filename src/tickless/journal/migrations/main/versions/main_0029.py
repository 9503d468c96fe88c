"""Where tickets were sent and solved, and the routing rules that somebody decided."""

import sqlalchemy as sa
from alembic import op

revision = "main_0029"
down_revision = "main_0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "routings",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_routings_at", "routings", ["at"])
    op.create_table(
        "routing_rules",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_routing_rules_state", "routing_rules", ["state"])


def downgrade() -> None:
    raise NotImplementedError("a schema is never taken back: restore the backup made before the upgrade")
