"""Names groups in plain words: a title that people gave, if one says it all, else the phrases that tell them apart. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from tickless.stages.learn.mining.items import Item
from tickless.stages.learn.mining.words import pairs_of, words_of

WORDS = 8
PHRASES = 2
LOOKED_AT = 2_000
"""Texts of a group, at most."""
_FEWEST = 0.06
"""Of a group's texts have to hold a phrase that names it."""
_SPOKEN = 0.15
"""Of a group's texts hold each word of the title that stands for all of them."""
LONGEST, SHORTEST = 9, 2
"""Words of a title that may be a name."""
_BEFORE = re.compile(r"^(?:(?:re|fw|fwd|aw)\s*:\s*)+", re.IGNORECASE)


def name_groups(groups: Mapping[int, Sequence[Item]]) -> dict[int, tuple[str, tuple[str, ...]]]:
    """Group → its name and the words that set it apart. No two names are alike."""
    held = {group: _held(items) for group, items in groups.items()}
    everywhere: Counter[str] = Counter()
    for counts, _ in held.values():
        everywhere.update(counts)
    total = sum(size for _, size in held.values()) or 1
    found: dict[int, tuple[str, tuple[str, ...]]] = {}
    taken: set[str] = set()
    for group, items in sorted(groups.items()):
        counts, size = held[group]
        scores = _telling(counts, size, everywhere, total)
        best = sorted(scores, key=lambda word: (-scores[word], word))
        name = _spoken(items, counts, size, scores) or _name(best, items)
        words = tuple(word for word in best if " " not in word)[:WORDS]
        spare = iter([*words, *(str(number) for number in range(2, 1_000))])
        whole = name
        while whole.casefold() in taken:
            whole = f"{name} ({next(spare)})"
        taken.add(whole.casefold())
        found[group] = (whole, words)
    return found


def _held(items: Sequence[Item]) -> tuple[Counter[str], int]:
    counts: Counter[str] = Counter()
    looked = items[:: max(len(items) // LOOKED_AT, 1)]
    for item in looked:
        words = words_of(item.text)
        counts.update({*words, *pairs_of(words)})
    return counts, len(looked)


def _telling(counts: Counter[str], size: int, everywhere: Counter[str], total: int) -> dict[str, float]:
    """Words and phrases by how much likelier they are here than elsewhere, times how often they are here."""
    scored = {}
    for word, count in counts.items():
        here = count / size
        if count < 2 or here < _FEWEST:
            continue
        elsewhere = (everywhere[word] - count + 0.5) / (total - size + 1)
        score = here * float(np.log((here + 0.01) / (elsewhere + 0.01))) * (1.3 if " " in word else 1.0)
        if score > 0:
            scored[word] = score
    return scored


def _spoken(items: Sequence[Item], counts: Counter[str], size: int, scores: Mapping[str, float]) -> str | None:
    """The title that says most of what sets the group apart in the fewest words. Every word of it is in many of its texts: no
    title that names somebody, or one ticket's own matter, is the name of all."""
    titles = Counter(title for item in items[:: max(len(items) // LOOKED_AT, 1)] if (title := _tidy(item.title)))
    best: tuple[float, int, str] | None = None
    for title, times in titles.items():
        words = words_of(title)
        common = all(counts[word] >= 2 and counts[word] / size >= _SPOKEN for word in words)
        if not words or not common or not SHORTEST <= len(title.split()) <= LONGEST:
            continue
        said = sum(scores.get(word, 0.0) for word in {*words, *pairs_of(words)})
        found = (said / (len(title.split()) + 2), times, title)
        if best is None or found > best:
            best = found
    return best[2] if best is not None and best[0] > 0 else None


def _tidy(title: str) -> str:
    """Without what mail puts before it and stops after it; nothing when it holds numbers: it is about one matter then."""
    said = " ".join(_BEFORE.sub("", title).split()).strip(" .!?,;:-")
    return "" if len(said) > 80 or any(sign.isdigit() for sign in said) else said[:1].upper() + said[1:]


def _name(best: Sequence[str], items: Sequence[Item]) -> str:
    if not best:
        path = Counter(item.structure[:2] for item in items if item.structure).most_common(1)
        return " / ".join(path[0][0]) if path else (items[0].title[:80] or "Without a name")
    chosen: list[str] = []
    for word in best:
        parts = set(word.split())
        if any(parts & set(other.split()) for other in chosen):
            continue
        chosen.append(word)
        if len(chosen) > PHRASES:
            break
    return (chosen[0][:1].upper() + chosen[0][1:] + "".join(f", {word}" for word in chosen[1:]))[:100]
