"""Parameters and outputs of playbooks and modules."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field, JsonValue

from tickless.connectors.ansible.settings import NAME
from tickless.sdk import Output, Params


class Play(Params):
    """`hosts` empty: all that the settings name for this playbook."""

    playbook: str = Field(pattern=NAME)
    hosts: tuple[str, ...] = Field(default=(), max_length=500)
    variables: Mapping[str, str | int | float | bool] = Field(default_factory=dict, max_length=100)


class Played(Output):
    """Tasks counted over all hosts. `plan`: each task that changed something (in check mode: would), with the difference."""

    ok: int = 0
    changed: int = 0
    failed: int = 0
    plan: tuple[str, ...] = ()
    artifact: str = ""
    """Folder in which what it said is kept."""


class Asked(Params):
    probe: str = Field(pattern=NAME)
    host: str = Field(min_length=1, max_length=200)


class Answered(Output):
    """`values`: what the module answered; text from the host."""

    ok: bool
    values: Mapping[str, JsonValue] = Field(default_factory=dict)
