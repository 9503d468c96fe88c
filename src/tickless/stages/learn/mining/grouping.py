"""Items into groups of the same need. Pure but for the encoder, which is deterministic.

Those with text are clustered by meaning (where the sentence encoder is there), by words and by the need that was understood
in them; of many, a sample is, and the others join the nearest group by their words. Those without are grouped by their
category. Groups of an earlier run hold together: whatever was in one group is drawn towards it.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tickless.ai.encoder import Encoder
from tickless.stages.learn.mining.clustering import cluster, nearest
from tickless.stages.learn.mining.items import Item
from tickless.stages.learn.mining.vectors import Floats, Space, space_of, unit
from tickless.stages.learn.mining.words import words_of

SAMPLE = 5_000
"""So many are clustered; the others join. A sentence costs the encoder some milliseconds."""
MEANING = 0.7
"""Of the distance, where there is an encoder; the rest are the words."""
ANCHOR = 0.35
"""Of the distance, for being in one group before."""
UNDERSTOOD = 0.6
"""Of the distance, for being understood as the same need; tickets of the past have none."""
FEWEST, MOST = 4, 40
SMALLEST = 5
"""A group of fewer is none."""
TEXT_WORDS = 2
_CHUNK = 256


@dataclass(frozen=True)
class Groups:
    """Item → group; items of no group are left out. `middle`: ids nearest to each group's middle, nearest first."""

    of: dict[str, int]
    middle: dict[int, tuple[str, ...]]
    method: str


@dataclass(frozen=True)
class _Wish:
    encoder: Encoder | None
    before: Mapping[str, str]
    count: int | None
    seed: int


def group_items(
    items: Sequence[Item],
    *,
    encoder: Encoder | None = None,
    before: Mapping[str, str] | None = None,
    count: int | None = None,
    seed: int = 0,
) -> Groups:
    """`before`: item → group of the last run. `count`: how many groups of texts; by default as many as there is material
    for."""
    words = {item.id: words_of(item.text) for item in items}
    told = [item for item in items if len(words[item.id]) >= TEXT_WORDS or item.need]
    mute = [item for item in items if len(words[item.id]) < TEXT_WORDS and item.structure and not item.need]
    of, middle = _by_text(told, words, _Wish(encoder, before or {}, count, seed))
    first = max(of.values(), default=-1) + 1
    paths = Counter(item.structure[:2] for item in mute)
    kept = {path: first + place for place, path in enumerate(sorted(paths, key=lambda path: (-paths[path], path)))}
    for item in mute:
        of[item.id] = kept[item.structure[:2]]
        middle.setdefault(of[item.id], ())
        if len(middle[of[item.id]]) < 10:
            middle[of[item.id]] = (*middle[of[item.id]], item.id)
    sizes = Counter(of.values())
    whole = {item: group for item, group in of.items() if sizes[group] >= min(SMALLEST, len(items))}
    ways = [
        *(["meaning and words"] if encoder and told else ["words"] if told else []),
        *(["category"] if mute else []),
    ]
    return Groups(whole, {group: ids for group, ids in middle.items() if sizes[group] >= SMALLEST}, ", ".join(ways))


def how_many(count: int) -> int:
    """Groups that so many texts are worth: few enough to look at, enough to tell needs apart."""
    return min(max(round(math.sqrt(count) / 3.5), FEWEST), MOST, max(count, 1))


def _needs(items: Sequence[Item]) -> int:
    """So many needs were understood often enough to be a group, and one is left for everything else."""
    counted = Counter(item.need for item in items)
    often = sum(number >= SMALLEST for need, number in counted.items() if need)
    return min(often + (often < len(counted)), MOST) if often else 0


def _by_text(
    items: Sequence[Item],
    words: Mapping[str, list[str]],
    wish: _Wish,
) -> tuple[dict[str, int], dict[int, tuple[str, ...]]]:
    if not items:
        return {}, {}
    order = sorted(items, key=lambda item: hashlib.sha256(item.id.encode()).digest())
    sample, rest = order[:SAMPLE], order[SAMPLE:]
    space = space_of([words[item.id] for item in sample])
    by_words = space.vectors([words[item.id] for item in sample])
    meaning = _meaning(sample, wish.encoder)
    count = wish.count or max(how_many(len(items)), _needs(items))
    labels = cluster(_joined(by_words, meaning, sample, wish.before), count, seed=wish.seed)
    of = {item.id: int(label) for item, label in zip(sample, labels, strict=True)}
    plain = _joined(by_words, meaning, sample, {})
    middle: dict[int, tuple[str, ...]] = {}
    for label in sorted(set(of.values())):
        inside = np.flatnonzero(labels == label)
        away = ((plain[inside] - plain[inside].mean(0)) ** 2).sum(1)
        middle[label] = tuple(sample[inside[place]].id for place in np.argsort(away, kind="stable")[:10])
    of |= _joining(rest, words, space, by_words, labels)
    return of, middle


def _joining(
    rest: Sequence[Item],
    words: Mapping[str, list[str]],
    space: Space,
    known: Floats,
    labels: np.ndarray[tuple[int], np.dtype[np.int64]],
) -> dict[str, int]:
    """The nearest group by words."""
    if not rest:
        return {}
    centres = unit(np.stack([known[labels == label].mean(0) for label in range(int(labels.max()) + 1)]))
    found: dict[str, int] = {}
    for at in range(0, len(rest), 10_000):
        part = rest[at : at + 10_000]
        vectors = space.vectors([words[item.id] for item in part])
        found |= {item.id: int(label) for item, label in zip(part, nearest(vectors, centres), strict=True)}
    return found


def _meaning(items: Sequence[Item], encoder: Encoder | None) -> Floats | None:
    if encoder is None:
        return None
    found = np.vstack([encoder.encode([item.text for item in items[at : at + _CHUNK]])
                       for at in range(0, len(items), _CHUNK)])  # fmt: skip
    return unit(found - found.mean(0))


def _joined(words: Floats, meaning: Floats | None, items: Sequence[Item], before: Mapping[str, str]) -> Floats:
    parts = [words] if meaning is None else [words * (1 - MEANING) ** 0.5, meaning * MEANING**0.5]
    parts = _drawn(parts, [item.need for item in items], UNDERSTOOD)
    parts = _drawn(parts, [before.get(item.id, "") for item in items], ANCHOR)
    return np.asarray(np.hstack(parts), np.float32)


def _drawn(parts: list[Floats], marks: Sequence[str], weight: float) -> list[Floats]:
    """Those with the same mark nearer to each other by a share of the distance; without any mark nothing changes."""
    place = {mark: index for index, mark in enumerate(sorted({mark for mark in marks if mark}))}
    if not place:
        return parts
    held = np.zeros((len(marks), len(place)), np.float32)
    for row, mark in enumerate(marks):
        if mark:
            held[row, place[mark]] = weight**0.5
    return [*(part * (1 - weight) ** 0.5 for part in parts), held]
