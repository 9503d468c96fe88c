"""What a description has become so far: the parts of a runbook, what each sentence turned into, and what it could not be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tickless.stages.act.architect.lexicon import Doing
from tickless.stages.act.architect.slots import Inputs


@dataclass(frozen=True)
class Gap:
    """Words that could not be expressed, why, and what here comes nearest."""

    words: str
    why: str
    nearest: tuple[str, ...] = ()


@dataclass(frozen=True)
class Became:
    """A sentence as it was written, and what it became, part by part."""

    sentence: str
    parts: tuple[str, ...]


@dataclass
class Done:
    """An operation that the sketch uses. `proof`: its place in `Sketch.verify`, or None inside a loop."""

    step: str
    doing: Doing
    use: str
    given: dict[str, Any]
    condition: str | None
    proof: dict[str, Any] | None = None


@dataclass
class Sketch:
    """Made by `drawing`, written down by `writing`."""

    inputs: Inputs = field(default_factory=Inputs)
    precheck: list[dict[str, Any]] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)
    verify: list[dict[str, Any]] = field(default_factory=list)
    approval: list[str] = field(default_factory=list)
    say: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    lasting: list[str] = field(default_factory=list)
    """What cannot be taken back, and why."""
    done: list[Done] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    told: list[Became] = field(default_factory=list)
    trigger: str = ""
    states: list[tuple[str, str, bool]] = field(default_factory=list)
    """(probe, field, true) that the trigger speaks of: what a test has to set up."""
    verified_identity: bool = False
    eligible: bool = False
    destroys: bool = False
    asks: bool = False

    def step(self, wish: str, body: dict[str, Any], *, into: list[dict[str, Any]] | None = None) -> str:
        """Add a step under that name, or the first free one like it."""
        place = self.steps if into is None else into
        taken = {one["id"] for one in self.steps} | {one["id"] for one in place}
        name, number = wish, 2
        while name in taken:
            name, number = f"{wish}_{number}", number + 1
        place.append({"id": name, **body})
        return name
