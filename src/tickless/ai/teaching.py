"""What a brain is taught: the examples that ship (one file per act or need), and what runbooks say leads to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files

from tickless.ai.brain import Brain, Example
from tickless.ai.encoder import Encoder
from tickless.ai.late import REJECTION, TaughtBrain, teach
from tickless.domain.runbook import Runbook


@lru_cache(maxsize=1)
def shipped_examples() -> tuple[Example, ...]:
    """Every line of `examples/*.txt`. The file's name is the label: `act.thanks`, `need.question`."""
    found = []
    for path in sorted(files("tickless.ai").joinpath("examples").iterdir(), key=lambda entry: entry.name):
        label, ending = path.name.rsplit(".", 1)
        if ending == "txt":
            lines = path.read_text(encoding="utf-8").splitlines()
            found += [Example(label, line.strip()) for line in lines if line.strip() and not line.startswith("#")]
    return tuple(found)


def runbook_examples(runbooks: Iterable[Runbook]) -> Iterator[Example]:
    """What a runbook's `serves.says` teaches: each stands for the first of its intents that ships, else the first."""
    shipped = {example.label for example in shipped_examples()}
    for runbook in runbooks:
        labels = [f"need.{intent}" for intent in runbook.serves.intents]
        if labels:
            label = next((one for one in labels if one in shipped), labels[0])
            yield from (Example(label, says) for says in runbook.serves.says)


def build_brain(
    runbooks: Iterable[Runbook],
    *,
    extra_examples: Iterable[Example] = (),
    encoder: Encoder | None = None,
    without: str = "",
    rejection: float = REJECTION,
) -> Brain:
    """A brain that knows conversation acts, the usual needs, and what these runbooks and `extra_examples` stand for.

    `extra_examples`: of catalogue items, articles, confirmed outcomes; what a runbook teaches already is not taught twice.
    `without`: why there is no encoder. `rejection`: the share of sentences within its scope that it may refuse.
    Takes about a second; with the same examples as before, no time.
    """
    taught = {*shipped_examples(), *runbook_examples(runbooks), *extra_examples}
    brain = _taught(tuple(sorted(taught, key=lambda one: (one.label, one.text))), encoder, rejection)
    return replace(brain, without="" if encoder else without)


@lru_cache(maxsize=8)
def _taught(examples: tuple[Example, ...], encoder: Encoder | None, rejection: float) -> TaughtBrain:
    return teach(examples, encoder=encoder, rejection=rejection)
