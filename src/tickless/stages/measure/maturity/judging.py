"""From criteria to stages and levels. A level counts only with all below it; what cannot be told is not met. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tickless.stages.measure.guard.options import GuardSettings
from tickless.stages.measure.maturity.criteria import CRITERIA, DIMENSIONS, NAMES, PLACES
from tickless.stages.measure.maturity.model import Criterion, Evidence, ModelName, Reading
from tickless.stages.measure.maturity.queries import by_word
from tickless.stages.measure.metrics.window import Window

FLOOR: Mapping[ModelName, int] = {"zero_ticket": 0, "cmmi": 1, "excellence": 0}
"""What is given without any evidence."""
NOT_YET = Reading(None, 0, "not computed yet")


@dataclass(frozen=True)
class Judged:
    """A criterion and what was found."""

    criterion: Criterion
    reading: Reading
    met: bool

    @property
    def by_word(self) -> bool:
        """Whether it rests on what people say alone."""
        return bool(self.criterion.question)


@dataclass(frozen=True)
class Standing:
    """One model. `level`: the highest that is reached with all below it; of dimensions, the lowest. `toward`: which part of the
    next level's criteria is met. `claimed`: what people say it is; `next`: what would raise it, the nearest first."""

    model: ModelName
    name: str
    level: int
    top: int
    word: str
    toward: float
    by_dimension: Mapping[str, int]
    judged: tuple[Judged, ...]
    claimed: int | None
    next: tuple[Judged, ...]

    @property
    def gap(self) -> int | None:
        """By how many levels the claim is above the evidence."""
        return None if self.claimed is None else self.claimed - self.level

    @property
    def met(self) -> tuple[str, ...]:
        return tuple(one.criterion.id for one in self.judged if one.met)


@dataclass(frozen=True)
class Readings:
    """What every criterion found over a window, by its id. `guard`: the guard's rules behind those that ask it."""

    window: Window
    found: Mapping[str, Reading]
    guard: GuardSettings = field(default_factory=GuardSettings)


def readings(evidence: Evidence, *, criteria: Sequence[Criterion] = CRITERIA) -> dict[str, Reading]:
    """Asks every criterion's query."""
    return {one.id: one.query(evidence) for one in criteria}


def judge(
    found: Mapping[str, Reading], claims: Mapping[str, int], answers: Mapping[str, int], *,
    criteria: Sequence[Criterion] = CRITERIA,
) -> list[Standing]:  # fmt: skip
    """Each model, from what its criteria found, be that a while ago, and what people answer now; `claims` by model are shown
    beside it and change nothing. `criteria`: with the thresholds that hold here."""
    judged = [
        _judged(one, by_word(answers.get(one.id)) if one.question else found.get(one.id, NOT_YET)) for one in criteria
    ]
    return [
        _standing(model, [one for one in judged if one.criterion.model == model], claims.get(model)) for model in NAMES
    ]


def _judged(criterion: Criterion, found: Reading) -> Judged:
    if found.value is None:
        return Judged(criterion, found, met=False)
    met = found.value <= criterion.threshold if criterion.most else found.value >= criterion.threshold
    return Judged(criterion, found, met)


def _standing(model: ModelName, judged: Sequence[Judged], claimed: int | None) -> Standing:
    top = len(PLACES[model]) - 1
    if model == "zero_ticket":
        by: dict[str, int] = {
            name: _reached([one for one in judged if one.criterion.dimension == name], 0, top) for name in DIMENSIONS
        }
        level = min(by.values())
    else:
        by, level = {}, _reached(judged, FLOOR[model], top)
    above = [one for one in judged if one.criterion.place == level + 1]
    toward = sum(one.met for one in above) / len(above) if above else 0.0
    missing = [one for one in judged if not one.met and one.criterion.place <= level + 1]
    ranked = sorted(missing, key=lambda one: (one.criterion.place, -_near(one), one.criterion.id))
    return Standing(model, NAMES[model], level, top, PLACES[model][level] or "Nothing yet", toward, by, tuple(judged), claimed,
                    tuple(ranked))  # fmt: skip


def _reached(judged: Sequence[Judged], floor: int, top: int) -> int:
    level = floor
    while level < top:
        here = [one for one in judged if one.criterion.place == level + 1]
        if not here or not all(one.met for one in here):
            break
        level += 1
    return level


def _near(one: Judged) -> float:
    """How near its threshold a criterion is: 1 is there, 0 is nothing known."""
    value, wanted = one.reading.value, one.criterion.threshold
    if value is None:
        return 0.0
    if one.criterion.most:
        return min(1.0, wanted / value) if value > 0 else 1.0
    return max(0.0, min(1.0, value / wanted)) if wanted > 0 else 1.0
