"""Exports everything: every table as NDJSON, one file each, with the columns as they are stored."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tickless.app.settings import Settings
from tickless.journal import Journal, tables

SECRET_COLUMNS = frozenset({"token_hash", "cipher", "csrf", "secret"})
"""Never exported: hashes of tokens, sealed secrets, people's keys."""
PASSWORD = "password"  # noqa: S105 (the name of a field)


def dump(settings: Settings, folder: Path) -> dict[str, int]:
    """Write every table into the folder; returns table → rows. Password hashes, tokens and secrets are left out."""
    journal = Journal(main_url=settings.main_url, log_url=settings.log_url)
    journal.migrate()
    folder.mkdir(parents=True, exist_ok=True)
    counts: dict[str, int] = {}
    try:
        for engine, metadata in ((journal.engine, tables.main), (journal.log_engine, tables.log)):
            for table in metadata.sorted_tables:
                counts[table.name] = _write(engine, table, folder / f"{table.name}.ndjson")
    finally:
        journal.close()
    return counts


def _write(engine: sa.Engine, table: sa.Table, path: Path) -> int:
    columns = [column for column in table.c if column.name not in SECRET_COLUMNS]
    count = 0
    with engine.connect() as connection, path.open("w", encoding="utf-8") as file:
        for row in connection.execution_options(yield_per=1_000).execute(sa.select(*columns)):
            file.write(json.dumps({name: _plain(name, value) for name, value in row._mapping.items()}) + "\n")
            count += 1
    return count


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if name == "body" and isinstance(value, str) and value[:1] in {"{", "["}:  # a packed text stays as it is
        body = json.loads(value)
        if isinstance(body, dict):
            body.pop(PASSWORD, None)
        return body
    return value
