"""Templates of a stream of messages, learnt as they come, in bounded memory."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tickless.stages.sense.patterns.grouping import CHOICES, family_of, fits, group, template_of
from tickless.stages.sense.patterns.words import Shape, shape_of

MOST_SHAPES = 20_000
MOST_IN_FAMILY = 200
"""Beyond, what belongs together is kept as its template alone."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a message is an instance of. `words` are for people; `fingerprint` stays the same as long as the words do."""

    words: Shape
    fingerprint: str

    @property
    def text(self) -> str:
        return " ".join(self.words)


@dataclass(frozen=True, slots=True)
class Learnt:
    """`new`: neither these words, nor the same with other values, were seen before."""

    pattern: Pattern
    new: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """One shape as it is stored. `made`: it stands for several, and what fits it is one of them."""

    words: Shape
    count: int
    made: bool


@dataclass(slots=True)
class _Family:
    """Messages that can be compared. `shapes`: how often each was seen; `made`: those that stand for several."""

    shapes: dict[Shape, int] = field(default_factory=dict)
    made: dict[Shape, None] = field(default_factory=dict)
    patterns: dict[Shape, Pattern] = field(default_factory=dict)

    def known(self, shape: Shape) -> Shape | None:
        if shape in self.shapes:
            return shape
        return next((template for template in self.made if fits(shape, template)), None)

    def regroup(self, choices: int) -> None:
        parts = group(self.shapes, choices=choices)
        if len(self.shapes) > MOST_IN_FAMILY:
            self._compress(parts)
            parts = [[shape] for shape in self.shapes]
        self.patterns = {}
        for members in parts:
            self.patterns.update(dict.fromkeys(members, _pattern(template_of(members))))

    def _compress(self, parts: Sequence[Sequence[Shape]]) -> None:
        """Keeps the templates; when even they are too many, the most frequent."""
        counts = {template_of(members): sum(self.shapes[shape] for shape in members) for members in parts}
        many = {template_of(members) for members in parts if len(members) > 1}
        kept = sorted(counts, key=lambda template: -counts[template])[: MOST_IN_FAMILY // 2]
        made = [template for template in kept if template in many or template in self.made]
        self.shapes = {template: counts[template] for template in kept}
        self.made = dict.fromkeys(made)


class Miner:
    """Learns the templates of one stream; what was not seen for long is forgotten first. Not safe between threads."""

    def __init__(self, *, most: int = MOST_SHAPES, choices: int = CHOICES) -> None:
        self._most, self._choices = most, choices
        self._families: OrderedDict[Shape, _Family] = OrderedDict()
        self._size = 0

    def __len__(self) -> int:
        """How many shapes are kept."""
        return self._size

    def learn(self, text: str, count: int = 1) -> Learnt:
        """Take in a message that came `count` times; which pattern it is now."""
        shape = shape_of(text)
        key = family_of(shape)
        family = self._families.get(key)
        if family is None:
            family = self._families[key] = _Family()
        else:
            self._families.move_to_end(key)
        known = family.known(shape)
        if known is not None:
            family.shapes[known] += count
            return Learnt(family.patterns[known], new=False)
        older = list(family.patterns)
        self._size -= len(family.shapes)
        family.shapes[shape] = count
        family.regroup(self._choices)
        self._size += len(family.shapes)
        self._forget()
        pattern = family.patterns.get(family.known(shape) or shape) or _pattern(shape)
        return Learnt(pattern, new=not any(family.patterns.get(other) == pattern for other in older))

    def read(self, text: str) -> Pattern:
        """Which pattern a message is, by what was learnt; nothing is learnt."""
        shape = shape_of(text)
        family = self._families.get(family_of(shape))
        known = family.known(shape) if family is not None else None
        return _pattern(shape) if family is None or known is None else family.patterns[known]

    def dump(self) -> list[Kept]:
        """Everything learnt, the least recent first."""
        kept = self._families.values()
        return [Kept(shape, count, shape in one.made) for one in kept for shape, count in one.shapes.items()]

    @classmethod
    def load(cls, dumped: Iterable[Kept], *, most: int = MOST_SHAPES) -> Miner:
        """The miner of which `dumped` was made."""
        miner = cls(most=most)
        for one in dumped:
            family = miner._families.setdefault(family_of(one.words), _Family())
            family.shapes[one.words] = one.count
            if one.made:
                family.made[one.words] = None
        for family in miner._families.values():
            family.regroup(miner._choices)
            miner._size += len(family.shapes)
        miner._forget()
        return miner

    def _forget(self) -> None:
        while self._size > self._most and len(self._families) > 1:
            _, family = self._families.popitem(last=False)
            self._size -= len(family.shapes)


def fingerprint_of(text: str) -> str:
    """The fingerprint of a message by itself, when nothing was learnt: that of its shape."""
    return _pattern(shape_of(text)).fingerprint


def _pattern(words: Shape) -> Pattern:
    said = "\0".join(words).encode("utf-8", "surrogatepass")
    return Pattern(words, hashlib.sha256(said).hexdigest()[:32])
