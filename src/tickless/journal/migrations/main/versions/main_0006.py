"""What is due, who may be spoken to and whose account it is are found by columns, not by reading every record."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "main_0006"
down_revision = "main_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tickets", sa.Column("due_at", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_index("ix_tickets_state_due", "tickets", ["state", "due_at"], unique=False)
    op.create_index("ix_asked_conversation", "asked", ["conversation"], unique=False)
    op.add_column("bindings", sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("threads", sa.Column("account", sa.String(length=300), nullable=True))
    op.create_index("ix_threads_account", "threads", ["channel", "account"], unique=False)
    op.add_column("deliveries", sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("deliveries", sa.Column("spoken_at", sa.BigInteger(), nullable=True))
    op.create_index("ix_deliveries_thread_spoken", "deliveries", ["thread", "spoken_at"], unique=False)
    _fill()


def _fill() -> None:
    """What the new columns say of the records that are there already."""
    threads = _table("threads", sa.Column("account", sa.String()))
    op.execute(sa.update(threads).values(account=sa.func.substr(_said(threads, "account"), 1, 300)))
    bindings = _table("bindings", sa.Column("active", sa.Boolean()))
    op.execute(sa.update(bindings).where(_said(bindings, "active").in_(("false", "0"))).values(active=False))
    deliveries = _table("deliveries", sa.Column("tries", sa.Integer()))
    op.execute(sa.update(deliveries).where(_said(deliveries, "tries") != "0").values(tries=1))


def _table(name: str, column: sa.Column[Any]) -> sa.Table:
    return sa.Table(name, sa.MetaData(), column, sa.Column("body", sa.Text()))


def _said(table: sa.Table, name: str) -> sa.ColumnElement[str]:
    """What a record says under this name, as text."""
    if op.get_bind().dialect.name == "postgresql":
        said: sa.ColumnElement[str] = sa.cast(table.c.body, postgresql.JSON)[name].astext
        return said
    return sa.cast(sa.func.json_extract(table.c.body, f"$.{name}"), sa.String())


def downgrade() -> None:
    raise NotImplementedError("a schema is never taken back: restore the backup made before the upgrade")
