"""Settings of connectors that work on hosts over SSH (`sdk.shell`): where the hosts are, and with which key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _no_control(argv: tuple[str, ...]) -> tuple[str, ...]:
    if not all(argument.isprintable() for argument in argv):
        raise ValueError("arguments hold no control characters")
    return argv


Argv = Annotated[tuple[str, ...], AfterValidator(_no_control)]
"""A command as a list of arguments: no shell reads it."""


class Host(BaseModel):
    """One host. The machine that Tickless runs on is reached in the same way: its own account then needs no rights."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    address: str = Field(min_length=1)
    port: int = Field(default=22, ge=1, le=65535)
    username: str = Field(min_length=1)
    become: Argv = ()
    """What stands before each command that needs more rights, such as `["sudo", "-n"]`."""


class Hosts(BaseModel):
    """`key` and `passphrase` are secret references. Host keys are always checked against `known_hosts`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hosts: Mapping[str, Host] = Field(min_length=1)
    key: str
    passphrase: str = ""
    known_hosts: str = Field(min_length=1)
    """Path of a file as `ssh-keyscan` writes it."""
