"""Records of the practices: changes, major incidents, on-call, problems, suppliers, improvements, the portfolio, assets."""

import sqlalchemy as sa
from alembic import op

revision = "main_0022"
down_revision = "main_0021"
branch_labels = None
depends_on = None

_TABLES = (
    "change_records", "change_models", "major_incidents", "oncall_schedules", "oncall_pages", "problem_records",
    "agreements", "referrals", "improvements", "portfolio", "assets",
)  # fmt: skip


def upgrade() -> None:
    for name in _TABLES:
        op.create_table(
            name,
            sa.Column("id", sa.String(length=64), nullable=False),
            sa.Column("state", sa.String(length=30), nullable=False),
            sa.Column("service", sa.String(length=200), nullable=True),
            sa.Column("owner", sa.String(length=200), nullable=True),
            sa.Column("ref", sa.String(length=200), nullable=True),
            sa.Column("due", sa.BigInteger(), nullable=False),
            sa.Column("body", sa.Text(), nullable=False),
            sa.PrimaryKeyConstraint("id"),
        )
        op.create_index(f"ix_{name}_state", name, ["state", "due"], unique=False)
        op.create_index(f"ix_{name}_service", name, ["service", "due"], unique=False)
        op.create_index(f"ix_{name}_ref", name, ["ref"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("a schema is never taken back: restore the backup made before the upgrade")
