"""What a provisioning directory said last (SCIM): users and groups, inside a transaction."""

from __future__ import annotations

from typing import Any, Literal

import sqlalchemy as sa
from pydantic import AwareDatetime

from tickless.domain.record import Record
from tickless.journal.access_tables import directory_entries
from tickless.journal.shelf import Shelf

EntryKind = Literal["User", "Group"]


class Entry(Record):
    """One resource."""

    version: Literal[1] = 1
    id: str
    kind: EntryKind
    name: str
    """`userName` or `displayName`, folded: no two of a kind share one."""
    external: str | None = None
    person: str | None = None
    """Id of the person whom a user is on record."""
    revision: int = 1
    created: AwareDatetime
    changed: AwareDatetime
    resource: dict[str, Any]
    """As the protocol has it."""


def shelf(connection: sa.Connection) -> Shelf[Entry]:
    return Shelf(
        connection,
        directory_entries,
        Entry,
        lambda x: {"id": x.id, "kind": x.kind, "name": x.name, "external": x.external},
    )
