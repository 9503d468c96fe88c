"""The form of histories of approvals: what happens, in order, in the house of the bench."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field, ValidationError

from bench.report import CannotRun
from tickless.domain.record import Record

Who = Literal[
    "ana", "ana-admin", "ana-bot", "bob", "mia", "mia-admin", "max", "olga", "otto", "desk", "root", "gus", "gil", "gia",
    "gil-alt", "dan", "eve",
]  # fmt: skip
Door = Literal["console", "api", "chat", "letter", "assisted"]
Wanted = Literal["manager", "app_owner", "manager_and_owner", "two_of_group", "two_approvers",
                 "halfway_manager", "halfway_two"]  # fmt: skip


class Event(Record):
    """One thing that happens; exactly one of the fields says what."""

    answer: Who | None = None
    """This person answers what is pending, or what they are told by `of`."""
    door: Door = "api"
    approve: bool = True
    of: int = Field(default=-1, ge=-20, le=20)
    """Which of all requests so far; -1 is the newest. One that is over is tried all the same."""
    again: bool = False
    """The same letter's link once more."""
    wait: float | None = Field(default=None, gt=0, le=24 * 30)
    """Hours."""
    change: Literal["inputs", "revision"] | None = None
    """The plan becomes another."""
    become: Literal["requester", "speaker", "beneficiary"] | None = None
    """`who` is that from now on."""
    who: Who | None = None
    delegate: Who | None = None
    """`who` lets this person answer for them; written down by `by`."""
    by: Who = "root"
    key: Literal["token", "password", "link"] | None = None
    """`by` makes a key of the account of `who`, and answers by that person come with it from then on."""
    leaves: Who | None = None
    back: Who | None = None
    reopen: bool = False
    decide: bool = False
    """The case is decided again; where nothing is missing any more it is done."""


class History(Record):
    """A request and what happens to it. `honest`: it ought to be done in the end."""

    id: str
    requester: Who = "ana"
    beneficiary: Who | None = None
    typed_by: Who | None = None
    wants: Wanted = "manager"
    honest: bool = False
    events: tuple[Event, ...]


def read_histories(folder: Path) -> tuple[History, ...]:
    """Every YAML list below the folder whose entries have `events`. Raises `CannotRun` with file and reason."""
    found: list[History] = []
    for path in sorted(folder.rglob("*.yaml")):
        try:
            entries = yaml.safe_load(path.read_text(encoding="utf-8"))
            if isinstance(entries, list) and entries and isinstance(entries[0], dict) and "events" in entries[0]:
                found += [History.model_validate(entry) for entry in entries]
        except (OSError, yaml.YAMLError, ValidationError) as error:
            raise CannotRun(f"{path.name} holds no histories of approvals: {error}") from error
    return tuple(found)
