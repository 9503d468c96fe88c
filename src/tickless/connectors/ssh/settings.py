"""Settings of one set of hosts that are reached by SSH."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from tickless.sdk.hosts import Argv, Host, Hosts


def _real_folder(path: str) -> str:
    if not path.startswith("/") or path != posixpath.normpath(path) or path == "/" or not path.isprintable():
        raise ValueError("write an absolute path without `..`, and not the root")
    return path


def _plain_pattern(pattern: str) -> str:
    if "/" in pattern or not pattern.isprintable():
        raise ValueError("a pattern is for file names: no slashes")
    return pattern


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Folder(_Part):
    """A folder below which old files may be deleted: its real path, with no symbolic link in it."""

    path: Annotated[str, AfterValidator(_real_folder)]
    pattern: Annotated[str, AfterValidator(_plain_pattern)] = Field(default="*", min_length=1)
    """Which file names, as `find -name` takes them."""


class CleanHost(Host):
    """A host, and where old files may be deleted on it."""

    clean_up: tuple[Folder, ...] = ()


class NamedCommand(_Part):
    """A command that runbooks may run by name. It takes nothing from outside."""

    argv: Argv = Field(min_length=1)
    done_if: Argv = ()
    """A command that ends with status 0 when there is nothing (more) to do. Without it, a broken-off try is not repeated."""


class Settings(Hosts):
    """The hosts, and what may be done on them beyond looking."""

    hosts: Mapping[str, CleanHost] = Field(min_length=1)
    commands: Mapping[str, NamedCommand] = Field(default_factory=dict)
    most_files: int = Field(default=10_000, ge=1, le=50_000)
    """How many files one clean-up may delete in one folder, the oldest first."""
