"""What a person says of how it went."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field

from tickless.domain.record import Record


class Rating(Record):
    """One person's word on one case. Effort 1 (easy) … 5 (hard), satisfaction 1 … 5; None: not said."""

    version: Literal[1] = 1
    id: str
    case: str
    person: str | None
    conversation: str
    effort: int | None = Field(default=None, ge=1, le=5)
    expected: Literal["worse", "as_expected", "better"] | None = None
    satisfaction: int | None = Field(default=None, ge=1, le=5)
    comment: str = ""
    at: AwareDatetime
