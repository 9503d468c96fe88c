"""Settings of one supervisord."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """`password` is a secret reference; empty `username`: the door asks for none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(pattern=r"^(https?://[^@\s]+|unix:///\S+)$")
    """Address of the XML-RPC door, such as `http://127.0.0.1:9001/RPC2`, or of its socket: `unix:///run/supervisor.sock`."""
    username: str = ""
    password: str = ""
    ca_file: str = ""
    """Certificates to trust instead of the system's."""
