"""Settings of one MCP server, and what a person has said about each of its tools."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tickless.sdk.hosts import Argv

Effect = Literal["read", "change", "destroy"]


class Classified(BaseModel):
    """What somebody who read it says of a tool. `sha256` pins what was read: a tool that changed has to be read again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    effect: Effect
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    idempotent: bool = False
    """Called twice with the same arguments it has its effect once. If not, a call that broke off is not repeated."""


class Settings(BaseModel):
    """Either `url` (streamable HTTP) or `command` (a program of this machine that speaks over its standard streams)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(default="", pattern=r"^(https?://[^@\s]+)?$")
    token: str = ""
    """Secret reference of a bearer token."""
    ca_file: str = ""
    command: Argv = ()
    """The program's absolute path and its arguments; no shell reads them."""
    variables: Mapping[str, str] = Field(default_factory=dict)
    """Environment variables of the program → secret references. It gets no others but PATH and LANG."""
    tools: Mapping[str, Classified] = Field(default_factory=dict)
    """Tools that may be called. Any other is refused."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.url) == bool(self.command):
            raise ValueError("name either `url` or `command`")
        if self.command and not self.command[0].startswith("/"):
            raise ValueError("write the program's absolute path")
        return self
