"""What leadership assumes and says, and how maturity stood."""

import sqlalchemy as sa
from alembic import op

revision = "main_0024"
down_revision = "main_0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("assumptions", "maturity_answers"):
        op.create_table(
            name,
            sa.Column("id", sa.String(length=64), nullable=False),
            sa.Column("at", sa.BigInteger(), nullable=False),
            sa.Column("body", sa.Text(), nullable=False),
            sa.PrimaryKeyConstraint("id"),
        )
    op.create_table(
        "maturity_marks",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("model", sa.String(length=20), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_maturity_marks_model", "maturity_marks", ["model", "at"])


def downgrade() -> None:
    raise NotImplementedError("a schema is never taken back: restore the backup made before the upgrade")
