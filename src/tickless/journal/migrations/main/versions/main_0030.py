"""How people want to be paged while they are on call."""

import sqlalchemy as sa
from alembic import op

revision = "main_0030"
down_revision = "main_0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "paging_rules",
        sa.Column("person", sa.String(length=200), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person"),
    )


def downgrade() -> None:
    raise NotImplementedError("a schema is never taken back: restore the backup made before the upgrade")
