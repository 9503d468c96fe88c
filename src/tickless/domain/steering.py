"""What leadership steers by and no data can show: what it assumes about worth, how mature it says it is, how that stood."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field

from tickless.domain.record import Record

MaturityModel = Literal["zero_ticket", "cmmi", "excellence"]


class Assumption(Record):
    """One thing that is taken for granted in figures. `id` is its name; `value` as people write it."""

    version: Literal[1] = 1
    id: str
    value: str
    by: str
    at: AwareDatetime
    reason: str


class MaturityAnswer(Record):
    """What somebody says of one question that no data can answer, or of how mature a whole model is (`claim:<model>`)."""

    version: Literal[1] = 1
    id: str
    level: int = Field(ge=0, le=5)
    """Of a question: 0 no, 1 in part, 2 yes. Of a claim: the level."""
    note: str = ""
    by: str
    at: AwareDatetime


class MaturityMark(Record):
    """How one model stood on one day. `met`: the criteria that were met then."""

    version: Literal[1] = 1
    id: str
    """`<model>:<day>`"""
    model: MaturityModel
    level: float
    claimed: int | None = None
    met: tuple[str, ...] = ()
    at: AwareDatetime
