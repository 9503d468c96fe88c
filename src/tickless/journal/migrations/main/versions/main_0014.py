"""What is counted over all ends of cases stands in columns; cases have an index for each of kind, door, need and outcome."""

import sqlalchemy as sa
from alembic import op

revision = "main_0014"
down_revision = "main_0013"
branch_labels = None
depends_on = None

_READ = {
    "sqlite": "CAST(json_extract(body, '$.{name}') AS REAL)",
    "postgresql": "CAST(CAST(body AS json)->>'{name}' AS double precision)",
}


def upgrade() -> None:
    read = _READ[op.get_bind().dialect.name]
    for name in ("seconds", "minutes_saved"):
        op.add_column("resolutions", sa.Column(name, sa.Float(), nullable=False, server_default="0"))
        op.execute(f"UPDATE resolutions SET {name} = COALESCE({read.format(name=name)}, 0)")  # noqa: S608 - our words
    op.create_index("ix_resolutions_runbook", "resolutions", ["runbook", "at"])
    op.create_index("ix_resolutions_counted", "resolutions", ["outcome", "seconds", "minutes_saved"])
    for name in ("kind", "door", "need", "outcome"):
        op.create_index(f"ix_cases_{name}_number", "cases", [name, "number"])


def downgrade() -> None:
    raise NotImplementedError("a schema is never taken back: restore the backup made before the upgrade")
