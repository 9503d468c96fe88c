"""What telemetry saw around anomalies and forecasts has a place, and what people said of it."""

import sqlalchemy as sa
from alembic import op

revision = "main_0012"
down_revision = "main_0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sightings",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("fingerprint", sa.String(length=200), nullable=False),
        sa.Column("series", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_sightings_fingerprint", "sightings", ["fingerprint", "at"], unique=False)
    op.create_index("ix_sightings_series", "sightings", ["series", "at"], unique=False)
    op.create_index("ix_sightings_subject", "sightings", ["subject"], unique=False)
    op.create_index("ix_sightings_at", "sightings", ["at"], unique=False)
    op.create_table(
        "telemetry_answers",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("series", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_telemetry_answers_series", "telemetry_answers", ["series", "at"], unique=False)
    op.create_index("ix_telemetry_answers_at", "telemetry_answers", ["at"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("a schema is never taken back: restore the backup made before the upgrade")
