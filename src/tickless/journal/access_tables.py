"""The tables of people who come from a directory: who signs in from elsewhere, what was provisioned, and wrong tries."""

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
