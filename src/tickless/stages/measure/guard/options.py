"""What an operator may set about the guard of figures."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from tickless.domain.record import Record


class GuardSettings(Record):
    """From when on a figure is warned of. Whoever lowers the bar hears more, and more of it is chance."""

    rate: float = Field(default=0.1, gt=0, le=0.5)
    """Of all that is warned of at once, this share may be chance (Benjamini and Hochberg)."""
    weeks: int = Field(default=16, ge=6, le=104)
    """How many weeks are looked at, where nobody asks for others."""
    least_weeks: int = Field(default=6, ge=4, le=52)
    """Whole weeks that must have both figures of a pair; of fewer than four no course can be told."""
    least_cases: int = Field(default=20, ge=5, le=10_000)
    """Cases that must tell of a pattern, in each half of the weeks."""
    soon: int = Field(default=3, ge=1, le=60)
    """Days after it was closed within which the same thing asked again counts as never solved."""
    late: float = Field(default=0.8, ge=0, le=1)
    """Share of the promised time after which lowering a priority counts as buying time."""
    older: int = Field(default=2, ge=1, le=60)
    """Days by which a case that waits has to be older than one that was taken first."""

    @model_validator(mode="after")
    def _enough(self) -> Self:
        if self.least_weeks >= self.weeks:  # the first and the last of a span are seldom whole
            raise ValueError(
                f"least_weeks is {self.least_weeks}, and {self.weeks} weeks hold {self.weeks - 1} whole ones; set it lower, or "
                "weeks higher"
            )
        return self
