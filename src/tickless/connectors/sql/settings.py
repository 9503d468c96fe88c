"""Settings: the database, and everything that may be asked of it or done to it, written by the operator."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tickless.connectors.sql.text import placeholders


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Query(_Part):
    """A question. Parameters are written `:name` and are bound, never pasted into the text."""

    sql: str = Field(min_length=6)
    most_rows: int = Field(default=100, ge=1, le=10_000)


class Statement(_Part):
    """A change. `done_when`: a question whose first value is true once the effect is there, so that it is never done twice."""

    sql: str = Field(min_length=6)
    done_when: str = Field(min_length=6)
    undo: str = ""
    """Name of the statement, with the same parameters, that takes it back."""


class Pool(_Part):
    """The connections that a service holds, told by their application_name. `size`: how many it may hold."""

    application_name: str = Field(min_length=1, max_length=63)
    size: int = Field(ge=1)
    idle_in_transaction_seconds: float = Field(default=30.0, ge=0)
    """Recycling ends the transactions that have been idle for longer than this."""


class Settings(_Part):
    """`sqlite` needs `path`; `postgresql` needs `host` and the rest. Name only what the runbooks need."""

    dialect: Literal["sqlite", "postgresql"]
    path: str = ""
    host: str = ""
    port: int = Field(default=5432, ge=1, le=65_535)
    database: str = "postgres"
    user: str = ""
    password: str = ""
    """Secret reference."""
    sslmode: Literal["disable", "prefer", "require", "verify-ca", "verify-full"] = "prefer"
    queries: dict[str, Query] = Field(default_factory=dict)
    statements: dict[str, Statement] = Field(default_factory=dict)
    pools: dict[str, Pool] = Field(default_factory=dict)
    """Service → its pool."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.dialect == "sqlite" and not self.path:
            raise ValueError("sqlite needs `path`")
        if self.dialect == "postgresql" and not self.host:
            raise ValueError("postgresql needs `host`")
        for name, statement in self.statements.items():
            _check_undo(name, statement, self.statements)
        return self


def _check_undo(name: str, statement: Statement, statements: dict[str, Statement]) -> None:
    if not statement.undo:
        return
    undo = statements.get(statement.undo)
    if undo is None:
        raise ValueError(f"statement {name!r}: there is no statement {statement.undo!r} to undo it")
    missing = (placeholders(undo.sql) | placeholders(undo.done_when)) - (
        placeholders(statement.sql) | placeholders(statement.done_when)
    )
    if missing:
        raise ValueError(f"statement {name!r}: its undo needs {sorted(missing)}, which it does not have itself")
