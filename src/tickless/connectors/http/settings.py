"""Settings: the service for requests, and the targets of health checks."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

Method = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]


class Target(BaseModel):
    """What a healthy service answers. `max_latency_ms`: slower counts as unhealthy."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str
    expect_status: int = Field(default=200, ge=100, le=599)
    contains: str = ""
    max_latency_ms: float | None = Field(default=None, gt=0)


class UndoRequest(BaseModel):
    """The request that takes another one back."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Method
    path: str
    json_body: JsonValue = Field(default=None, alias="json")


class Settings(BaseModel):
    """`url` is the base of `get` and `request`; `targets` are the services that `health.check` knows by name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = ""
    token: str = ""
    """Secret reference. Sent as `token_header: token_scheme VALUE`."""
    token_header: str = "authorization"  # noqa: S105 - a header name
    token_scheme: str = "Bearer"  # noqa: S105 - a scheme
    ca_file: str = ""
    allow_private: bool = True
    """Addresses inside the network may be called: the operator wrote them here."""
    honours_idempotency_key: bool = False
    """The service does nothing twice for the same `Idempotency-Key`. If not, a POST or PATCH is never sent again."""
    targets: dict[str, Target] = Field(default_factory=dict)
    undo: dict[str, UndoRequest] = Field(default_factory=dict)
    """`METHOD /path` → the request that takes it back."""
