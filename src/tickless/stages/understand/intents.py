"""What a brain confuses with what, measured on its own examples, each left out once. Pure but for the teaching it is given."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pydantic import Field

from tickless.ai.brain import Example
from tickless.domain.record import Record
from tickless.stages.understand.meaning import Reader
from tickless.stages.understand.spelling import fold
from tickless.stages.understand.text import words_of

FOLDS = 5
FEWEST = 5
"""Examples that a label should have; with fewer it is `thin`."""
MOST_SHOWN = 5

Teach = Callable[[Sequence[Example]], Reader]
"""Examples → a brain that knows them (`ai.teaching.teach`, `build_brain`)."""


class Mistaken(Record):
    """A sentence of one label that is read as another, and the sentence of that other that it sounds like."""

    text: str
    sounds_like: str
    confidence: float = Field(ge=0, le=1)


class Rival(Record):
    """A label that another one is taken for: how often, and by which sentences (surest first)."""

    label: str
    count: int
    sentences: tuple[Mistaken, ...]


class LabelReport(Record):
    """How well the sentences of one label are understood when they are not among the examples."""

    label: str
    examples: int
    right: int
    """Understood, and sure enough to act on."""
    refused: int
    """Not sure enough, whatever they were read as."""
    rivals: tuple[Rival, ...] = ()
    """What it is mistaken for, most often first."""

    @property
    def coverage(self) -> float:
        """Share of its sentences that are understood, 0 to 1."""
        return self.right / self.examples if self.examples else 0.0

    @property
    def thin(self) -> bool:
        """Too few examples to be reached reliably."""
        return self.examples < FEWEST


class Clash(Record):
    """The same sentence taught for several labels."""

    text: str
    labels: tuple[str, ...]


class IntentReport(Record):
    """All labels, the least understood first."""

    labels: tuple[LabelReport, ...]
    clashes: tuple[Clash, ...] = ()
    brain: str = ""

    @property
    def coverage(self) -> float:
        """Share of all sentences that are understood, 0 to 1."""
        examples = sum(one.examples for one in self.labels)
        return sum(one.right for one in self.labels) / examples if examples else 0.0

    def of(self, label: str) -> LabelReport | None:
        """The report of one label."""
        return next((one for one in self.labels if one.label == label), None)


@dataclass(frozen=True)
class LeftOut:
    """How a brain that did not know a sentence read it. `sure`: it reached the brain's threshold."""

    label: str
    text: str
    guess: str
    confidence: float
    sounds_like: str
    sure: bool


def confusion(examples: Iterable[Example], teach: Teach, *, folds: int = FOLDS) -> IntentReport:
    """Leave every example out once, teach the others, and see what it is read as.

    `teach` is called `folds` times (less where there are fewer examples). Every label is spread evenly over the folds, so that
    five examples mean four to learn from. Raises ValueError for less than two folds.
    """
    if folds < 2:
        raise ValueError("leaving out needs at least two folds")
    taught = sorted({(one.label, one.text.strip()) for one in examples if one.text.strip()})
    read: list[LeftOut] = []
    name = ""
    for left_out, rest in _folds(taught, folds):
        if not left_out or len({label for label, _ in rest}) < 2:
            continue
        brain = teach([Example(label, text) for label, text in rest])
        name = name or f"{brain.name} {brain.version}"
        read += [_read(brain, label, text) for label, text in left_out]
    return report_of(read, brain=name)


def report_of(read: Sequence[LeftOut], *, brain: str = "") -> IntentReport:
    """The report of readings that a brain made of sentences it did not know, each once."""
    by_label: dict[str, list[LeftOut]] = defaultdict(list)
    for one in read:
        by_label[one.label].append(one)
    reports = [_report(label, rows) for label, rows in by_label.items()]
    clashes = _clashes([(one.label, one.text) for one in read])
    return IntentReport(
        labels=tuple(sorted(reports, key=lambda one: (one.coverage, one.label))), clashes=clashes, brain=brain
    )


def _read(brain: Reader, label: str, text: str) -> LeftOut:
    ranked = brain.rank(text, limit=1)
    if not ranked:
        return LeftOut(label, text, "", 0.0, "", sure=False)
    best = ranked[0]
    return LeftOut(label, text, best.label, best.confidence, best.evidence, sure=best.confidence >= brain.threshold)


def _folds(
    taught: Sequence[tuple[str, str]], folds: int
) -> Iterable[tuple[list[tuple[str, str]], list[tuple[str, str]]]]:
    places: Counter[str] = Counter()
    number: list[int] = []
    for label, _ in taught:
        number.append(places[label] % folds)
        places[label] += 1
    for now in range(folds):
        left_out = [one for one, at in zip(taught, number, strict=True) if at == now]
        yield left_out, [one for one, at in zip(taught, number, strict=True) if at != now]


def _report(label: str, rows: Sequence[LeftOut]) -> LabelReport:
    mistaken: dict[str, list[Mistaken]] = defaultdict(list)
    for one in rows:
        if one.guess and one.guess != label:
            found = Mistaken(text=one.text, sounds_like=one.sounds_like, confidence=one.confidence)
            mistaken[one.guess].append(found)
    rivals = [
        Rival(label=other, count=len(f), sentences=tuple(sorted(f, key=lambda one: -one.confidence)[:MOST_SHOWN]))
        for other, f in mistaken.items()
    ]
    return LabelReport(
        label=label,
        examples=len(rows),
        right=sum(one.guess == label and one.sure for one in rows),
        refused=sum(not one.sure for one in rows),
        rivals=tuple(sorted(rivals, key=lambda one: (-one.count, one.label))),
    )


def _clashes(taught: Sequence[tuple[str, str]]) -> tuple[Clash, ...]:
    labels: dict[str, set[str]] = defaultdict(set)
    shown: dict[str, str] = {}
    for label, text in taught:
        key = " ".join(word.plain for word in words_of(fold(text)))
        labels[key].add(label)
        shown.setdefault(key, text)
    return tuple(Clash(text=shown[key], labels=tuple(sorted(found))) for key, found in labels.items() if len(found) > 1)
