"""What was done about brakes has a history."""

import sqlalchemy as sa
from alembic import op

revision = "main_0019"
down_revision = "main_0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "brake_deeds",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_brake_deeds_at", "brake_deeds", ["at"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("a schema is never taken back: restore the backup made before the upgrade")
