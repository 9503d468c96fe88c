"""What was foreseen, as it was said first, and what became of it."""

import sqlalchemy as sa
from alembic import op

revision = "main_0020"
down_revision = "main_0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "foretold",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("series", sa.String(length=64), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_foretold_at", "foretold", ["at"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("a schema is never taken back: restore the backup made before the upgrade")
