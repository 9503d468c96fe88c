"""What people put right in how alerts were grouped has a place: merges and splits, links, doubts, and what they teach."""

import sqlalchemy as sa
from alembic import op

revision = "main_0013"
down_revision = "main_0012"
branch_labels = None
depends_on = None


MOVED = (
    "What a merge or split moved: an alert (fingerprint, source), a signal, a finding, a person (ref, role), a child."
)


def _key(name: str, length: int = 64, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=null)


def _time(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null)


def _body() -> sa.Column[str]:
    return sa.Column("body", sa.Text(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "regroups", _key("id"), _key("kind", 20), _key("into"), _time("at"), _time("undone_at", null=True), _body(),
        sa.PrimaryKeyConstraint("id"),
    )  # fmt: skip
    op.create_index("ix_regroups_at", "regroups", ["at"])
    op.create_table("regroup_cases", _key("case"), _key("regroup"), sa.PrimaryKeyConstraint("case", "regroup"))
    op.create_table(
        "regroup_moves", _key("regroup"), _key("what", 20), _key("one", 200), _key("two", 200), _key("origin"),
        _key("place"), sa.PrimaryKeyConstraint("regroup", "what", "one", "two"),
        comment=MOVED,
    )  # fmt: skip
    op.create_index("ix_regroup_moves_what", "regroup_moves", ["what", "one", "two"])
    op.create_table("case_links", _key("child"), _key("parent"), _time("looked_at", null=True), _body(),
                    sa.PrimaryKeyConstraint("child"))  # fmt: skip
    op.create_index("ix_case_links_parent", "case_links", ["parent"])
    op.create_table(
        "doubts", _key("id"), _key("one"), _key("other"), _key("state", 20), _time("at"), _body(),
        sa.PrimaryKeyConstraint("id"),
    )  # fmt: skip
    op.create_index("ix_doubts_one", "doubts", ["one"])
    op.create_index("ix_doubts_other", "doubts", ["other"])
    op.create_index("ix_doubts_state", "doubts", ["state", "at"])
    op.create_table("grouping_lessons", _key("id"), _key("state", 20), _time("at"), _body(),
                    sa.PrimaryKeyConstraint("id"))  # fmt: skip
    op.create_index("ix_grouping_lessons_state", "grouping_lessons", ["state"])


def downgrade() -> None:
    raise NotImplementedError("a schema is never taken back: restore the backup made before the upgrade")
