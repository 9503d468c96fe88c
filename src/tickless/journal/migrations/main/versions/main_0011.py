"""Alerts may be held back from cases: holds, silences, how alerts usually go; alerts know their severity, how they flapped."""

import sqlalchemy as sa
from alembic import op

revision = "main_0011"
down_revision = "main_0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "holds",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("fingerprint", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.Column("service", sa.String(length=200), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_holds_alert", "holds", ["source", "fingerprint", "state"], unique=False)
    op.create_index("ix_holds_state_until", "holds", ["state", "until"], unique=False)
    op.create_index("ix_holds_ref_state", "holds", ["ref", "state"], unique=False)
    op.create_index("ix_holds_since", "holds", ["since", "id"], unique=False)
    op.create_table(
        "silences",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=True),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_silences_owner", "silences", ["owner"], unique=False)
    op.create_index("ix_silences_ends_at", "silences", ["ends_at"], unique=False)
    op.create_table(
        "alert_habits",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=True),
        sa.Column("need", sa.String(length=200), nullable=True),
        sa.Column("severity", sa.String(length=20), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.add_column("alerts", sa.Column("severity", sa.String(length=20), nullable=True))
    op.add_column("alerts", sa.Column("signal", sa.String(length=64), nullable=True))
    op.add_column("alerts", sa.Column("fired_at", sa.BigInteger(), nullable=True))
    op.add_column("alerts", sa.Column("held", sa.String(length=20), nullable=True))
    op.add_column("alerts", sa.Column("penalty", sa.Float(), nullable=True))
    op.add_column("alerts", sa.Column("penalty_at", sa.BigInteger(), nullable=True))
    op.add_column("alerts", sa.Column("damped_since", sa.BigInteger(), nullable=True))
    op.create_index("ix_alerts_time", "alerts", ["occurred_at", "fingerprint", "source"], unique=False)
    op.create_index("ix_alerts_held", "alerts", ["held"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("a schema is never taken back: restore the backup made before the upgrade")
