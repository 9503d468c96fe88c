"""Settings of one MCP server. What its tools do is said by people, in the house's own records (`tickless tool`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tickless.sdk.hosts import Argv


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

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.url) == bool(self.command):
            raise ValueError("name either `url` or `command`")
        if self.command and not self.command[0].startswith("/"):
            raise ValueError("write the program's absolute path")
        return self
