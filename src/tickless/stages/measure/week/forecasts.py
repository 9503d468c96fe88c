"""What was foreseen, and what came of it: the forecasts that came true in front. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from tickless.domain.foretold import Fate, Foretold
from tickless.stages.measure.week.facts import Facts
from tickless.stages.measure.week.shape import Row, Section
from tickless.stages.measure.week.wording import TITLE, counted, moment, section

ORDER: Final = ("came_true", None, "did_not", "prevented", "acted")
"""What somebody should look at first."""
_WORDS: Final[dict[Fate | None, str]] = {
    "came_true": "came true",
    "prevented": "prevented",
    "acted": "mended before anybody could know",
    "did_not": "did not come true",
    None: "still ahead",
}
_DO: Final = {
    "came_true": "It was foreseen, and nothing held it up: a runbook, or somebody to see to it sooner.",
    "did_not": "Was anybody called out for nothing? Say so at its picture: it makes them rarer.",
}


def foreseen(facts: Facts) -> Section:
    """Every forecast that was said in the span or came to its end in it, and how often they were right."""
    told = sorted(facts.foretold, key=lambda one: (ORDER.index(one.fate), one.said_at, one.id))
    numbers = {one.id: one.number for one in facts.cases}
    rows = [
        Row(
            what=one.text.tame(TITLE),
            count=0,
            told=one.told or _ahead(one),
            do=_DO.get(one.fate or "", ""),
            cases=(numbers[one.case],) if one.case in numbers else (),
        )
        for one in told
    ]
    return section("forecasts", "What was foreseen", in_short(facts.foretold), rows)


def in_short(foretold: Sequence[Foretold]) -> str:
    """How the forecasts fared, in one sentence."""
    if not foretold:
        return "Nothing was foreseen to run out."
    tally = Counter(one.fate for one in foretold)
    ends = [f"{tally[fate]} {word}" for fate, word in _WORDS.items() if tally[fate]]
    return f"{counted(len(foretold), 'forecast')}: {', '.join(ends)}."


def _ahead(one: Foretold) -> str:
    if one.crossing.likely is None:
        return "no time is sure yet"
    return f"meets its limit about {moment(one.crossing.likely)}"
