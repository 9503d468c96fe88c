"""One connection a call, each statement for itself, with a deadline; the server's errors as the house's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

from tickless.connectors.postgresql.settings import Settings
from tickless.domain.errors import AuthFailed, OutsideError, RateLimited, Rejected, Unreachable
from tickless.sdk import Call
from tickless.sdk.egress import reach

_REFUSED = re.compile(r'authentication failed|role ".*" does not exist|no pg_hba\.conf entry|no password supplied')
Row = dict[str, Any]


class Server:
    """An open connection. Methods raise `OutsideError`."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def rows(self, statement: str, values: Sequence[Any] = (), *, most: int = 100) -> list[Row]:
        """At most `most` rows, by column name. `statement` is always a text of this connector's own."""
        cursor = self._connection.execute(statement.encode(), values)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchmany(most)]

    def vacuum(self, schema: str, table: str) -> None:
        """VACUUM (ANALYZE), which may go on beside everything else."""
        self._connection.execute(sql.SQL("VACUUM (ANALYZE) {}").format(sql.Identifier(schema, table)))


@contextmanager
def connect(call: Call) -> Iterator[Server]:
    """The server of the call's settings. Each statement takes at most the call's time."""
    settings: Settings = call.settings
    if not settings.host.startswith("/"):  # a folder of sockets is on this machine
        reach(settings.host, settings.port)
    limit = max(1, round(call.timeout * 1_000))
    try:
        with psycopg.connect(
            host=settings.host,
            port=settings.port,
            dbname=settings.database,
            user=settings.user,
            password=call.secret(settings.password) if settings.password else None,
            sslmode=settings.sslmode,
            connect_timeout=max(1, round(call.timeout)),
            application_name="tickless",
            options=f"-c statement_timeout={limit} -c lock_timeout={limit}",
            autocommit=True,
        ) as connection:
            yield Server(connection)
    except psycopg.Error as error:
        raise _translate(error) from None


def _translate(error: psycopg.Error) -> OutsideError:
    """By SQLSTATE (PostgreSQL manual, appendix A); without one the server was not reached, or said why in words only."""
    state = error.sqlstate or ""
    words = str(error).split("\n", maxsplit=1)[0][:300]
    if state.startswith("28") or state == "42501" or _REFUSED.search(words):
        return AuthFailed("PostgreSQL refused our credentials or rights", detail=f"{state} {words}")
    if state == "53300" or "too many clients" in words:
        return RateLimited("PostgreSQL has no connection left", after=5.0, detail=f"{state} {words}")
    if state in {"57014", "55P03", "40P01"} or state.startswith(("08", "57P")):
        return Unreachable("PostgreSQL took too long or went away", detail=f"{state} {words}")
    if not state and "does not exist" not in words:
        return Unreachable("PostgreSQL does not answer", detail=words)
    return Rejected("PostgreSQL rejected the request", detail=f"{state} {words}")
