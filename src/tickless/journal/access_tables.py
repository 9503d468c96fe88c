"""The tables of who may come in: accounts, sessions, tokens, one-time secrets; people from a directory; wrong tries."""

from __future__ import annotations

import sqlalchemy as sa

from tickless.journal.tables import Key, UtcTime, Words, main

external_identities = sa.Table(
    "external_identities",
    main,
    sa.Column("id", Key(300), primary_key=True),
    sa.Column("user", Key(64), nullable=False, index=True),
    sa.Column("since", UtcTime, nullable=False),
    comment="Issuer and subject of an identity provider → account.",
)
directory_entries = sa.Table(
    "directory_entries",
    main,
    sa.Column("id", Key(64), primary_key=True),
    sa.Column("kind", Key(20), nullable=False),
    sa.Column("name", Key(300), nullable=False),
    sa.Column("external", Key(300), index=True),
    sa.Column("body", Words, nullable=False),
    sa.Index("ix_directory_entries_kind_name", "kind", "name"),
    comment="Users and groups as the provisioning directory last said them (SCIM).",
)
throttles = sa.Table(
    "throttles",
    main,
    sa.Column("key", Key(200), primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("last", UtcTime, nullable=False, index=True),
    comment="Wrong passwords by login and address, so that the wait outlives a restart and holds for all processes.",
)
users = sa.Table(
    "users",
    main,
    sa.Column("id", Key(64), primary_key=True),
    sa.Column("login", Key(200), nullable=False, index=True),
    sa.Column("person", Key(200), index=True),
    sa.Column("body", Words, nullable=False),
)
sessions = sa.Table(
    "sessions",
    main,
    sa.Column("token_hash", Key(64), primary_key=True),
    sa.Column("user", Key(64), nullable=False, index=True),
    sa.Column("kind", Key(20), nullable=False),
    sa.Column("csrf", Key(64), nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("expires_at", UtcTime, nullable=False),
    sa.Column("id", Key(64), index=True),
    sa.Column("seen_at", UtcTime),
    sa.Column("address", Key(64)),
    sa.Column("agent", Key(200)),
    sa.Column("way", Key(20)),
)
api_tokens = sa.Table(
    "api_tokens",
    main,
    sa.Column("id", Key(64), primary_key=True),
    sa.Column("token_hash", Key(64), nullable=False, unique=True),
    sa.Column("user", Key(200), index=True),
    sa.Column("used_at", UtcTime),
    sa.Column("body", Words, nullable=False),
)
one_time = sa.Table(
    "one_time",
    main,
    sa.Column("id", Key(64), primary_key=True),
    sa.Column("kind", Key(20), nullable=False),
    sa.Column("case", Key(64), index=True),
    sa.Column("person", Key(64), nullable=False),
    sa.Column("cipher", Words, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("expires_at", UtcTime, nullable=False),
    sa.Column("used_at", UtcTime),
    comment="One-time secrets and codes: encrypted or hashed, shown or accepted once.",
)
