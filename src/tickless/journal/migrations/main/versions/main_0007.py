"""Conversations are found by what they begin with, whatever the database's collation."""

from alembic import op

revision = "main_0007"
down_revision = "main_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_messages_conversation_begins",
        "messages",
        ["conversation", "id"],
        unique=False,
        postgresql_ops={"conversation": "varchar_pattern_ops"},
    )


def downgrade() -> None:
    raise NotImplementedError("a schema is never taken back: restore the backup made before the upgrade")
