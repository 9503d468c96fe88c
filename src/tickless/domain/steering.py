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


class MarkedFigure(Record):
    """A figure without its cases. `value` None: there was nothing to tell it from."""

    value: float | None
    of: int = 0
    missing: int = 0


class PeriodMark(Record):
    """Every metric over one week or month, as it was computed then."""

    version: Literal[1] = 1
    id: str
    """`<grain>:<first day>`"""
    grain: Literal["week", "month"]
    since: AwareDatetime
    until: AwareDatetime
    at: AwareDatetime
    basis: str
    """What figures rest on beside cases, as a hash: definitions, assumptions, imports. On another one it is taken anew."""
    figures: dict[str, MarkedFigure]


class ViewMark(Record):
    """What takes long to compute, as it was at a time: `id` says what and over how long, such as `ledger:90`."""

    version: Literal[1] = 1
    id: str
    at: AwareDatetime
    seconds: float = Field(ge=0)
    """So long computing took."""
    told: str
    """The view as JSON, in the form of its stage."""
