"""Which events are in the log is indexed apart from it, by digests that are written many at a time."""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "log_0002"
down_revision = "log_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "event_keys",
        sa.Column("key", sa.LargeBinary(16), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
        sqlite_with_rowid=False,
        comment="Digests of the events that are in the log, but for the newest.",
    )
    op.create_table(
        "log_marks",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
        comment="How far along the log something has come.",
    )
    _index(op.get_bind())
    with op.batch_alter_table("signals") as signals:
        signals.drop_constraint("uq_signals_source_event", type_="unique")


def _index(connection: sa.Connection) -> None:
    """The keys of all that is in the log, in their order."""
    found = connection.execute(sa.text("SELECT seq, source, event_key FROM signals"))
    keys = sorted((_key(source, event_key), seq) for seq, source, event_key in found)
    for begin in range(0, len(keys), 10_000):
        part = [{"key": key, "seq": seq} for key, seq in keys[begin : begin + 10_000]]
        connection.execute(sa.text("INSERT INTO event_keys (key, seq) VALUES (:key, :seq)"), part)
    head = max((seq for _, seq in keys), default=0)
    connection.execute(sa.text("INSERT INTO log_marks (name, seq) VALUES ('event_keys', :head)"), {"head": head})


def _key(source: str, event_key: str) -> bytes:
    return hashlib.blake2b(f"{source}\0{event_key}".encode("utf-8", "surrogatepass"), digest_size=16).digest()


def downgrade() -> None:
    raise NotImplementedError("a schema is never taken back: restore the backup made before the upgrade")
