"""Change events have a place: suspects for whoever looks for a cause. Alerts are listed by time, of one source or by state."""

import sqlalchemy as sa
from alembic import op

revision = "main_0009"
down_revision = "main_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "changes",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=True),
        sa.Column("service", sa.String(length=200), nullable=True),
        sa.Column("occurred_at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_changes_service_time", "changes", ["service", "occurred_at"], unique=False)
    op.create_index("ix_alerts_source_time", "alerts", ["source", "occurred_at"], unique=False)
    op.create_index("ix_alerts_state_time", "alerts", ["state", "occurred_at"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("a schema is never taken back: restore the backup made before the upgrade")
