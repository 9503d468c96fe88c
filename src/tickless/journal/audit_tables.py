"""The tables beside the audit chain: checkpoints, holds, people's keys, and what decisions were made from."""

from __future__ import annotations

import sqlalchemy as sa

from tickless.journal.tables import Key, UtcTime, Words, main

audit_checkpoints = sa.Table(
    "audit_checkpoints",
    main,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("body", Words, nullable=False),
    comment="Signed words on the head of the chain, and the handing over from one key to the next.",
)
audit_holds = sa.Table(
    "audit_holds",
    main,
    sa.Column("id", Key(64), primary_key=True),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("body", Words, nullable=False),
    comment="Legal holds: what may be neither dropped nor erased.",
)
person_keys = sa.Table(
    "person_keys",
    main,
    sa.Column("person", Key(64), primary_key=True),
    sa.Column("secret", Key(64)),
    sa.Column("made_at", UtcTime, nullable=False),
    sa.Column("destroyed_at", UtcTime),
    comment="What the audit record says about a person is sealed with their key; without it nobody can read it.",
)
decision_inputs = sa.Table(
    "decision_inputs",
    main,
    sa.Column("id", Key(64), primary_key=True),
    sa.Column("case", Key(64), nullable=False, index=True),
    sa.Column("digest", Key(64), nullable=False),
    sa.Column("erased_at", UtcTime),
    sa.Column("body", Words, nullable=False),
    comment="Everything a decision was made from, so that it can be made again.",
)
kept_texts = sa.Table(
    "kept_texts",
    main,
    sa.Column("digest", Key(64), primary_key=True),
    sa.Column("kind", Key(20), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("body", Words, nullable=False),
    comment="Policies and runbooks as they were when a decision was made, once each.",
)
