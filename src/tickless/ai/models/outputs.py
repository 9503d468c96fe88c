"""The forms in which a model answers. Everything in them is a claim until `checking` has looked at it."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

from pydantic import Field

from tickless.domain.record import Record
from tickless.domain.runbook import Runbook

_ONLY_OUTSIDE = ("for_each", "parallel", "call", "manual", "tasks", "ask", "approve", "hand_off", "until")
"""What no step inside of a loop may be; and servers' grammars know no form that holds itself."""


class ReadNeed(Record):
    """One need in a message: a known label, and the words that say so."""

    label: str
    quote: str = Field(min_length=1, max_length=500)
    """Copied from the message, letter by letter."""


class Reading(Record):
    """What a message asks for; no needs: nothing that is known."""

    needs: tuple[ReadNeed, ...] = Field(max_length=5)


class CitedSentence(Record):
    """One sentence and the numbers of the passages that it rests on."""

    text: str = Field(min_length=1, max_length=400)
    cites: tuple[int, ...] = Field(min_length=1, max_length=3)


class Composed(Record):
    """An answer, sentence by sentence; none: the passages do not answer the question."""

    sentences: tuple[CitedSentence, ...] = Field(max_length=12)

    @property
    def text(self) -> str:
        """With `[n]` behind each sentence."""
        return "\n".join(f"{one.text} {''.join(f'[{n}]' for n in one.cites)}" for one in self.sentences)


class Summary(Record):
    """A text in a few sentences."""

    text: str = Field(min_length=1, max_length=800)


class Reworded(Record):
    """The same in a kinder or plainer tone."""

    text: str = Field(min_length=1, max_length=2_000)


@cache
def _runbook_form() -> dict[str, Any]:
    whole = Runbook.model_json_schema(by_alias=True)
    parts = whole["$defs"]
    inner = copy.deepcopy(parts["Step"])
    for name in _ONLY_OUTSIDE:
        inner["properties"].pop(name, None)
    parts["InnerStep"] = inner
    for name in ("ForEach", "Parallel"):
        parts[name]["properties"]["steps"]["items"] = {"$ref": "#/$defs/InnerStep"}
    return whole


def runbook_form() -> dict[str, Any]:
    """The form of a runbook as a model is asked for it: the one that ships for editors, without a step in a step in a step."""
    return copy.deepcopy(_runbook_form())
