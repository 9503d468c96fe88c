"""Shapes of messages → templates. Pure.

In the manner of longest common patterns by word frequency (Yu et al., "Brain: Log Parsing With Bidirectional Parallel Tree",
2023): the words that a set of messages has equally often are what is written in the program; a place where few words take
turns is a choice of the program's; a place with many is a value.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

from tickless.stages.sense.patterns.words import VALUE, Shape, is_word

CHOICES = 2
"""So many different words at one place are still told apart."""
STATES = 6
"""The same for words in capitals: names of states, methods, levels."""


def family_of(shape: Shape) -> Shape:
    """What messages must share to be compared at all: their number of words, and their marks in place."""
    return tuple("" if word == VALUE or is_word(word) else word for word in shape)


def group(shapes: Mapping[Shape, int], *, choices: int = CHOICES) -> list[list[Shape]]:
    """Shapes of one family, each with how often it was seen → those that are one message with different values."""
    together: defaultdict[Hashable, list[Shape]] = defaultdict(list)
    seen: Counter[tuple[int, str]] = Counter()
    for shape, count in shapes.items():
        for place in enumerate(shape):
            seen[place] += count
    for shape in shapes:
        together[_commonest(shape, seen)].append(shape)
    return [part for members in together.values() for part in _split(members, range(len(members[0])), choices)]


def template_of(shapes: Sequence[Shape]) -> Shape:
    """What they have in common, with `VALUE` where they differ."""
    return tuple(words[0] if len(set(words)) == 1 else VALUE for words in zip(*shapes, strict=True))


def fits(shape: Shape, template: Shape) -> bool:
    """Whether a shape is that template with values in it."""
    return all(there in (VALUE, here) for here, there in zip(shape, template, strict=True))


def _commonest(shape: Shape, seen: Mapping[tuple[int, str], int]) -> Hashable:
    """The most words of it that were seen equally often, and their places: its root."""
    at: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    for place in enumerate(shape):
        if is_word(place[1]):
            at[seen[place]].append(place)
    if not at:
        return ()
    often, places = max(at.items(), key=lambda pair: (len(pair[1]), pair[0]))
    return often, *places


def _split(members: list[Shape], places: Iterable[int], choices: int) -> Iterator[list[Shape]]:
    """By the place with the fewest words that take turns, as long as there is one."""
    chosen: tuple[int, int] | None = None
    for place in places:
        words = {shape[place] for shape in members}
        if len(words) == 1 or VALUE in words:
            continue
        weight = 1 if len(words) <= STATES and all(len(w) > 1 and w.isupper() for w in words) else len(words)
        if weight <= choices and (chosen is None or weight < chosen[0]):
            chosen = weight, place
    if chosen is None:
        yield members
        return
    parts: defaultdict[str, list[Shape]] = defaultdict(list)
    for shape in members:
        parts[shape[chosen[1]]].append(shape)
    rest = [place for place in places if place != chosen[1]]
    for part in parts.values():
        yield from _split(part, rest, choices)
