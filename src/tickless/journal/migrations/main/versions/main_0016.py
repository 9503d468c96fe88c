"""Audit rows whose bodies can go, signed checkpoints, holds, people's keys, inputs of decisions; sessions that can be told
apart, sign-in from elsewhere, provisioned people."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from tickless.journal.columns import Key, UtcTime, Words

revision = "main_0016"
down_revision = "main_0015"
branch_labels = None
depends_on = None

_OF_SESSIONS: dict[str, Any] = {
    "id": Key(64),
    "seen_at": UtcTime(),
    "address": Key(64),
    "agent": Key(200),
    "way": Key(20),
}


def upgrade() -> None:
    op.add_column("audit", sa.Column("detail_hash", Key(64)))
    op.add_column("audit", sa.Column("dropped_at", UtcTime()))
    for name, kind in _OF_SESSIONS.items():
        op.add_column("sessions", sa.Column(name, kind))
    op.create_index("ix_sessions_id", "sessions", ["id"])
    op.add_column("api_tokens", sa.Column("used_at", UtcTime()))
    _record()
    _people()


def _record() -> None:
    op.create_table(
        "audit_checkpoints",
        sa.Column("number", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("body", Words(), nullable=False),
        comment="Signed words on the head of the chain, and the handing over from one key to the next.",
    )
    op.create_table(
        "audit_holds",
        sa.Column("id", Key(64), primary_key=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("body", Words(), nullable=False),
        comment="Legal holds: what may be neither dropped nor erased.",
    )
    op.create_table(
        "person_keys",
        sa.Column("person", Key(64), primary_key=True),
        sa.Column("secret", Key(64)),
        sa.Column("made_at", UtcTime(), nullable=False),
        sa.Column("destroyed_at", UtcTime()),
        comment="What the audit record says about a person is sealed with their key; without it nobody can read it.",
    )
    op.create_table(
        "decision_inputs",
        sa.Column("id", Key(64), primary_key=True),
        sa.Column("case", Key(64), nullable=False),
        sa.Column("digest", Key(64), nullable=False),
        sa.Column("erased_at", UtcTime()),
        sa.Column("body", Words(), nullable=False),
        comment="Everything a decision was made from, so that it can be made again.",
    )
    op.create_index("ix_decision_inputs_case", "decision_inputs", ["case"])
    op.create_table(
        "kept_texts",
        sa.Column("digest", Key(64), primary_key=True),
        sa.Column("kind", Key(20), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("body", Words(), nullable=False),
        comment="Policies and runbooks as they were when a decision was made, once each.",
    )


def _people() -> None:
    op.create_table(
        "external_identities",
        sa.Column("id", Key(300), primary_key=True),
        sa.Column("user", Key(64), nullable=False),
        sa.Column("since", UtcTime(), nullable=False),
        comment="Issuer and subject of an identity provider → account.",
    )
    op.create_index("ix_external_identities_user", "external_identities", ["user"])
    op.create_table(
        "directory_entries",
        sa.Column("id", Key(64), primary_key=True),
        sa.Column("kind", Key(20), nullable=False),
        sa.Column("name", Key(300), nullable=False),
        sa.Column("external", Key(300)),
        sa.Column("body", Words(), nullable=False),
        comment="Users and groups as the provisioning directory last said them (SCIM).",
    )
    op.create_index("ix_directory_entries_external", "directory_entries", ["external"])
    op.create_index("ix_directory_entries_kind_name", "directory_entries", ["kind", "name"])
    op.create_table(
        "throttles",
        sa.Column("key", Key(200), primary_key=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last", UtcTime(), nullable=False),
        comment="Wrong passwords by login and address, so that the wait outlives a restart and holds for all processes.",
    )
    op.create_index("ix_throttles_last", "throttles", ["last"])


def downgrade() -> None:
    raise NotImplementedError("a schema is never taken back: restore the backup made before the upgrade")
