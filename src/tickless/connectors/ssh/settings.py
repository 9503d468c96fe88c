"""Settings of one set of hosts that are reached by SSH."""

from __future__ import annotations

import posixpath
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _real_folder(path: str) -> str:
    if not path.startswith("/") or path != posixpath.normpath(path) or path == "/" or not path.isprintable():
        raise ValueError("write an absolute path without `..`, and not the root")
    return path


def _plain_pattern(pattern: str) -> str:
    if "/" in pattern or not pattern.isprintable():
        raise ValueError("a pattern is for file names: no slashes")
    return pattern


def _no_control(argv: tuple[str, ...]) -> tuple[str, ...]:
    if not all(argument.isprintable() for argument in argv):
        raise ValueError("arguments hold no control characters")
    return argv


Argv = Annotated[tuple[str, ...], AfterValidator(_no_control)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Folder(_Part):
    """A folder below which old files may be deleted: its real path, with no symbolic link in it."""

    path: Annotated[str, AfterValidator(_real_folder)]
    pattern: Annotated[str, AfterValidator(_plain_pattern)] = Field(default="*", min_length=1)
    """Which file names, as `find -name` takes them."""


class Host(_Part):
    """One host."""

    address: str = Field(min_length=1)
    port: int = Field(default=22, ge=1, le=65535)
    username: str = Field(min_length=1)
    clean_up: tuple[Folder, ...] = ()


class NamedCommand(_Part):
    """A command that runbooks may run by name. It takes nothing from outside."""

    argv: Argv = Field(min_length=1)
    done_if: Argv = ()
    """A command that ends with status 0 when there is nothing (more) to do. Without it, a broken-off try is not repeated."""


class Settings(_Part):
    """`key` and `passphrase` are secret references. Host keys are always checked against `known_hosts`."""

    hosts: dict[str, Host] = Field(min_length=1)
    key: str
    passphrase: str = ""
    known_hosts: str = Field(min_length=1)
    """Path of a file as `ssh-keyscan` writes it."""
    commands: dict[str, NamedCommand] = Field(default_factory=dict)
    most_files: int = Field(default=10_000, ge=1, le=50_000)
    """How many files one clean-up may delete in one folder, the oldest first."""
