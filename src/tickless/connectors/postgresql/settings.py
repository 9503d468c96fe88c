"""Settings of one PostgreSQL."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

TABLE = r"^[^.\x00-\x1f\"]{1,63}\.[^.\x00-\x1f\"]{1,63}$"


class Settings(BaseModel):
    """`password` is a secret reference. `tables`: those that may be vacuumed, as `schema.table`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field(min_length=1)
    port: int = Field(default=5432, ge=1, le=65535)
    database: str = Field(min_length=1)
    user: str = Field(min_length=1)
    password: str = ""
    sslmode: Literal["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] = "verify-full"
    tables: tuple[Annotated[str, Field(pattern=TABLE)], ...] = ()
    spared_users: tuple[str, ...] = ("postgres",)
    """Whose queries are never ended, beside those of replication and of the server itself."""
