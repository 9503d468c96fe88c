"""What fires is found by what it says, without a look at what is over."""

import sqlalchemy as sa
from alembic import op

revision = "main_0021"
down_revision = "main_0020"
branch_labels = None
depends_on = None

_FIRING = sa.text("state = 'firing'")


def upgrade() -> None:
    op.create_index("ix_alerts_firing", "alerts", ["need", "case"], sqlite_where=_FIRING, postgresql_where=_FIRING)


def downgrade() -> None:
    raise NotImplementedError("a schema is never taken back: restore the backup made before the upgrade")
