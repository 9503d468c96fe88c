"""What the records of every practice share: changes, major incidents, problems, schedules, agreements, improvements, assets."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, StringConstraints

from tickless.domain.record import Record


def _whole(text: str) -> str:
    if "\0" in text:
        raise ValueError("text has no zero bytes")
    return text


_No0 = AfterValidator(_whole)
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), _No0]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4_000), _No0]
Named = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), _No0]


class Kept(Record):
    """A record that people keep. Its id is what people call it: `chg-12`, `prb-3`.

    Each kind has its own `state`. `ref` is the one other thing that it is sought by, `due` the moment it is sorted by.
    """

    version: Literal[1] = 1
    id: str
    title: Line
    service: str | None = None
    """The service that it is about, where it is about one."""
    owner: str | None = None
    """Id of the one person who answers for it."""
    made_by: str
    made_at: AwareDatetime

    @property
    def ref(self) -> str | None:
        return None

    @property
    def due(self) -> dt.datetime:
        return self.made_at


class Event(Record):
    """A line of a record's story: when, who, what; `kind` says what sort of line it is."""

    at: AwareDatetime
    by: str
    kind: str
    text: str = Field(max_length=4_000)


class Draft(Record):
    """A record as somebody wants it: what the doors take as it is. Built at once, because routes name it."""

    model_config = ConfigDict(defer_build=False)
