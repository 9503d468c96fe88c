"""Settings of one folder of playbooks: which may be run, on which hosts, with which variables."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, model_validator

from tickless.sdk.hosts import Host

NAME = r"^[a-z][a-z0-9_-]{0,63}$"
VARIABLE = r"^[A-Za-z_][A-Za-z0-9_]{0,63}$"
Module = Literal[
    "ping", "stat", "setup", "service_facts", "package_facts", "getent", "find", "slurp", "wait_for", "mount_facts"
]
"""Modules of `ansible.builtin` that only read."""


def _inside(path: str) -> str:
    if path.startswith("/") or ".." in path.split("/") or path != posixpath.normpath(path) or not path.isprintable():
        raise ValueError("write a path inside the folder, without `..`")
    return path


def _absolute(path: str) -> str:
    if not path.startswith("/") or path != posixpath.normpath(path) or not path.isprintable():
        raise ValueError("write an absolute path without `..`")
    return path


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Variable(_Part):
    """A variable that runbooks may set. Ansible takes its text as text: nothing in it is a template."""

    type: Literal["text", "integer", "number", "boolean"] = "text"
    choices: tuple[str, ...] = Field(default=(), max_length=200)
    """The only texts that are allowed; none: any."""
    pattern: str = Field(default="", max_length=300)
    """A regular expression that the whole text has to match."""
    required: bool = True


class Playbook(_Part):
    """A playbook that may be run. `file`: inside the folder."""

    file: Annotated[str, AfterValidator(_inside)] = Field(pattern=r"\.ya?ml$")
    hosts: tuple[str, ...] = Field(min_length=1, max_length=500)
    """Names of hosts and groups that it may be run on."""
    variables: Mapping[Annotated[str, Field(pattern=VARIABLE)], Variable] = Field(default_factory=dict)
    secrets: Mapping[Annotated[str, Field(pattern=VARIABLE)], str] = Field(default_factory=dict)
    """Variables that are filled from secret references."""
    undo: str = ""
    """The name of the playbook that takes it back, with the same variables and hosts."""
    check_mode: bool = True
    """Whether `--check` tells the truth. If not, a dry run only lists what would be run."""
    idempotent: bool = True
    """Run twice it has its effect once. If not, a run that broke off is not repeated."""


class Probe(_Part):
    """A module that is asked by name, with arguments that the settings fix."""

    module: Module
    arguments: Mapping[str, JsonValue] = Field(default_factory=dict)
    hosts: tuple[str, ...] = Field(min_length=1, max_length=500)


class Settings(_Part):
    """`key`: the secret reference of a private key for SSH, without a passphrase. Host keys are checked always."""

    folder: Annotated[str, AfterValidator(_absolute)]
    """Where playbooks and roles are: best a checkout that only reviewed changes come to."""
    playbooks: Mapping[Annotated[str, Field(pattern=NAME)], Playbook] = Field(default_factory=dict)
    probes: Mapping[Annotated[str, Field(pattern=NAME)], Probe] = Field(default_factory=dict)
    hosts: Mapping[Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")], Host] = Field(default_factory=dict)
    groups: Mapping[Annotated[str, Field(pattern=VARIABLE)], tuple[str, ...]] = Field(default_factory=dict)
    local: bool = False
    """There is also the host `localhost`: this machine, as Tickless's own user, without SSH."""
    key: str = ""
    known_hosts: str = ""
    """Path of a file as `ssh-keyscan` writes it."""
    python: str = Field(default="auto_silent", pattern=r"^(auto_silent|/[^\s]+)$")
    """Python on the hosts, by its path; `auto_silent`: Ansible finds it."""
    artifacts: str = Field(default="", pattern=r"^(/.*)?$")
    """Folder in which what each run said is kept, without secrets; empty: nothing is kept."""
    keep: int = Field(default=200, ge=1, le=10_000)
    """How many runs are kept."""
    forks: int = Field(default=5, ge=1, le=50)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        known = {*self.hosts, *self.groups, *(("localhost",) if self.local else ())}
        asked = [(name, one.hosts) for name, one in self.playbooks.items()]
        for name, hosts in [*asked, *((name, one.hosts) for name, one in self.probes.items())]:
            if not set(hosts) <= known:
                raise ValueError(f"{name} names hosts that are not there: {sorted(set(hosts) - known)}")
        for group, members in self.groups.items():
            if not set(members) <= {*self.hosts, *(("localhost",) if self.local else ())}:
                raise ValueError(f"the group {group} names hosts that are not there")
        for name, playbook in self.playbooks.items():
            if playbook.undo and playbook.undo not in self.playbooks:
                raise ValueError(f"{name} is taken back by a playbook that is not there")
        if self.hosts and not (self.key and self.known_hosts):
            raise ValueError("hosts are reached with `key`, and are known by `known_hosts`")
        return self
