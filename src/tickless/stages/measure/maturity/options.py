"""What an operator may set about maturity: other thresholds than those that ship, each with its reason."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from tickless.domain.record import Record
from tickless.stages.measure.maturity.criteria import CRITERIA
from tickless.stages.measure.maturity.model import Criterion

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class Threshold(Record):
    """Where a criterion is met here, in its own unit: shares are 0 to 1. One of the two bounds, whichever the criterion has."""

    at_least: float | None = Field(default=None, ge=0, le=1_000_000)
    at_most: float | None = Field(default=None, ge=0, le=1_000_000)
    reason: Reason
    """Why it is another one here; it is shown wherever the threshold is."""

    @model_validator(mode="after")
    def _one_bound(self) -> Self:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("say either at_least or at_most")
        return self

    @property
    def value(self) -> float:
        """The bound, whichever it is."""
        return self.at_least if self.at_least is not None else self.at_most or 0.0


class MaturitySettings(Record):
    """By which thresholds maturity is judged here."""

    thresholds: dict[str, Threshold] = Field(default_factory=dict)
    """By criterion (docs/reference/maturity.md lists their ids): `at_least` or `at_most`, as the criterion has it, and the
    `reason`. What is not said keeps the threshold that ships."""

    @field_validator("thresholds")
    @classmethod
    def _of_criteria(cls, given: dict[str, Threshold]) -> dict[str, Threshold]:
        for name, one in given.items():
            found = next((each for each in CRITERIA if each.id == name), None)
            if found is None:
                raise ValueError(f"there is no criterion {name!r}; there are {', '.join(each.id for each in CRITERIA)}")
            _check(found, one)
        return given

    def criteria(self) -> tuple[Criterion, ...]:
        """Every criterion, with the threshold that holds here."""
        return tuple(self._of(one) for one in CRITERIA)

    def _of(self, one: Criterion) -> Criterion:
        own = self.thresholds.get(one.id)
        if own is None:
            return one
        return replace(one, threshold=own.value, shipped=one.threshold, because=own.reason)


def _check(one: Criterion, own: Threshold) -> None:
    """Raises `ValueError` for a bound that the criterion does not have, and for one that nothing can reach."""
    if (own.at_most is not None) != one.most:
        wanted, other = ("at_most", "at_least") if one.most else ("at_least", "at_most")
        raise ValueError(f"{one.id} has the bound {wanted}, not {other}")
    if one.query.most is not None and own.value > one.query.most:
        raise ValueError(f"{one.id} is between 0 and {one.query.most:g}, not {own.value:g}")
