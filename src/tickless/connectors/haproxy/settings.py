"""Settings of one HAProxy."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """`socket`: where the runtime API listens (`stats socket … level admin`)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    socket: str = Field(pattern=r"^(unix:/\S+|tcp:(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):\d{1,5})$")
    """`unix:/run/haproxy/admin.sock` or `tcp:127.0.0.1:9999`. It knows no passwords: never let it leave the machine."""
    backends: tuple[str, ...] = ()
    """Backends in which servers may be taken in and out; none: all."""
    least_ready: int = Field(default=1, ge=0)
    """How many other servers of a backend have to be up before one is taken out."""
