"""One description on its way: what there is, what was drawn so far, and what is spoken of."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tickless.stages.act.architect.conditions import Conditions, Under
from tickless.stages.act.architect.means import Means
from tickless.stages.act.architect.operating import Operating
from tickless.stages.act.architect.sketch import Gap, Sketch

_AWAY = re.compile(
    r"\b(leave[rs]?|leaves|left|newcomer|new (hire|person|colleague)|colleague|contractor|returns from|report of|team member)\b"
)


@dataclass
class Drawing:
    """One description on its way. `kinds` read and change it."""

    means: Means
    whole: str
    sketch: Sketch = field(default_factory=Sketch)
    topic: str = ""
    settled: set[str] = field(default_factory=set)
    """Conditions that became an approval or a list: further clauses under them stand without."""

    def __post_init__(self) -> None:
        self.operating = Operating(self.means, self.sketch)
        self.conditions = Conditions(self.operating, self.whole)
        self.sketch.inputs.named = _AWAY.search(self.whole) is not None
        self.step_approval = (
            re.search(
                r"nobody answers|no answer|\brefus|\bdeclin|\bden(y|ie)|approv\w*,? (at most|within|for at most)",
                self.whole,
            )
            is not None
        )

    def gap(self, text: str, why: str, *, look: bool = True) -> str:
        """Put down what could not be expressed."""
        nearest = self.means.nearest(text) if look else ()
        self.sketch.gaps.append(Gap(text[:300], why, nearest))
        return f"not expressed: {why}"

    def changed(self) -> bool:
        """Whether anything is done by now, by the house or by hand."""
        return bool(self.sketch.done) or any("manual" in one or "tasks" in one for one in self.sketch.steps)

    def whole_after(self, text: str) -> str:
        """The description from these words on, a little further than their sentence."""
        place = self.whole.find(text[:30])
        return self.whole[place : place + len(text) + 60] if place >= 0 else text

    def guarded(self, under: Under) -> bool:
        """Make a look-up under which nothing is done into what must not hold beforehand, while nothing was changed."""
        if self.sketch.done or under.expression is None or len(self.sketch.steps) > 1:
            return False
        step = self.sketch.steps[-1] if self.sketch.steps else None
        if step is None or "uses" not in step or f"steps.{step['id']}." not in under.expression or "if" in step:
            return False
        expect = under.expression.replace(f"steps.{step['id']}.", "result.")
        check = {"uses": step["uses"], "with": step.get("with", {}), "expect": f"${{{{ !({expect}) }}}}"}
        self.conditions.add_precheck(check, "nothing_to_do", "It is as it should be already, so nothing was done.")
        self.conditions.last = under.expression
        return True
