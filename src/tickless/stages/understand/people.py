"""Finds people in a message: full names, nicknames, user names, addresses, slips of the finger, and a hint such as the team.

Law: never a wrong person. One record only where one fits and nothing speaks against it; otherwise all that fit, so that the
flow asks back. The writer is never listed. Words with letters of another script are never linked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tickless.stages.understand.introductions import introductions
from tickless.stages.understand.mention import Mention
from tickless.stages.understand.names import PeopleIndex
from tickless.stages.understand.spelling import allowed_slips, slips
from tickless.stages.understand.text import Word, is_nearly_ordinary, is_ordinary, listed

_HINT_WORDS = frozenset({"from", "frm", "fom", "form", "in", "of", "at", "the", "our"})
_DOES = listed("is needs cant has forgot wants cannot lost isnt left leaves joins starts doesnt locked keeps moves")
_BEFORE_PEOPLE = listed(
    "for of unlock unblock reset help give add remove from to by user account colleague with and or is was can cant hi hello "
    "hey dear ask tell named called onboard offboard as like than on get let grant invite set move disable name person caller "
    "mr mrs ms miss employee about report teammate coworker friend password login mailbox"
)
_VERBS_TOO = listed("rob mark bill grant chase pat skip nick drew sue will may")
_OBJECTS = listed("a an the my your our this that it these those them us him")
MOST_CANDIDATES = 8


@dataclass(frozen=True)
class Taken:
    """Places of words that already name something else: surely, or perhaps with a slip in a long word."""

    surely: frozenset[int] = frozenset()
    perhaps: frozenset[int] = frozenset()


def find_people(
    index: PeopleIndex, words: Sequence[Word], text: str, *, writer: str | None, taken: Taken
) -> list[Mention]:
    """All people named, left to right, without the writer."""
    found: list[Mention] = []
    at = 0
    own = introductions(index, words, text, writer=writer)
    while at < len(words):
        span, mention = (1, None) if at in own else _at(index, words, at, text=text, writer=writer, taken=taken)
        if mention:
            found.append(mention)
        at += max(span, 1)
    return found


def _at(
    index: PeopleIndex, words: Sequence[Word], at: int, *, text: str, writer: str | None, taken: Taken
) -> tuple[int, Mention | None]:
    word = words[at]
    if at in taken.surely or not word.latin:
        return 1, None
    if word.plain in index.handles:
        person = index.handles[word.plain]
        return 1, None if person == writer else _mention([word], text, {person}, confidence=0.99)
    for span in (4, 3, 2):
        window = words[at : at + span]
        if len(window) == span and all(one.latin for one in window) and not any(one.owns for one in window[:-1]):
            people, cost = _full(index, window)
            if people:
                others = people - {writer} if writer else people
                sure = 0.98 if cost == 0 else 0.9
                return span, _mention(window, text, others, confidence=sure) if others else None
    return _single(index, words, at, text=text, writer=writer, taken=taken)


def _full(index: PeopleIndex, window: Sequence[Word]) -> tuple[frozenset[str], float]:
    """People with exactly these name parts, else with these parts but for a slip or two; the cost of the slips."""
    parts = tuple(one.plain for one in window)
    if all(is_ordinary(part) for part in parts) and not all(one.capital for one in window):
        return frozenset(), 0
    if parts in index.full:
        people = index.full[parts]
        if is_ordinary(parts[0]) and not window[0].capital:  # `grant william access` names William, not Grant, William
            people = frozenset(person for person in people if parts[0] not in index.surnames[person])
        return people, 0
    options = [index.parts.near(part) for part in parts]
    if not all(options):
        return frozenset(), 0
    best: list[tuple[float, frozenset[str]]] = []
    for tail in _combinations(options):
        cost, names = sum(cost for cost, _ in tail), tuple(name for _, name in tail)
        if names in index.full and all(one <= allowed_slips(name) for one, name in tail):
            best.append((cost, index.full[names]))
    if not best:
        return frozenset(), 0
    least = min(cost for cost, _ in best)
    return frozenset().union(*(people for cost, people in best if cost == least)), least


def _single(
    index: PeopleIndex, words: Sequence[Word], at: int, *, text: str, writer: str | None, taken: Taken
) -> tuple[int, Mention | None]:
    word = words[at]
    if word.plain in _VERBS_TOO and not word.owns and at + 1 < len(words) and words[at + 1].plain in _OBJECTS:
        return 1, None  # `we should rob a bank`
    if word.plain in index.places.words and word.plain not in index.single:
        return 1, None  # `Leeds` is no misspelt Lee
    # `Will needs …` and `Park is …` are people, `will you …` and `park my car` are not.
    following = words[at + 1].plain if at + 1 < len(words) else ""
    placed = following in _HINT_WORDS and at + 2 < len(words) and words[at + 2].plain in index.places.words
    acts = word.capital and (following in _DOES or placed)
    expected = at > 0 and words[at - 1].plain in _BEFORE_PEOPLE
    people, sure, clear = _by_one_word(index, word, acts=acts, slip=expected or following in _DOES or placed)
    if not people:
        return 1, None
    others = people - {writer} if writer else people
    if not others:
        return 1, None
    used, fitting, contradicted = _narrow(index, words, at + 1, people, text=text)
    narrowed = fitting - {writer} if writer else fitting
    if fitting and not narrowed:
        return 1 + used, None  # the hint leaves nobody but the writer
    end = words[at + used] if used else word
    clear = clear and not contradicted and writer not in fitting
    clear = clear and not _somebody_else(index, words, at, others, text=text, taken=taken)
    window = [words[at - 1], word] if _belongs(index, words, at, others, text=text, taken=taken) else [word]
    mention = _mention(window, text, narrowed or others, confidence=sure if clear else 0.5, clear=clear)
    if used and not contradicted:
        mention = _with_hint(mention, text, end.end)
    return 1 + (used if not contradicted else 0), mention


def _by_one_word(
    index: PeopleIndex, word: Word, *, acts: bool, slip: bool = True
) -> tuple[frozenset[str], float, bool]:
    """People, confidence, and whether the word is clear enough to link.

    `acts`: it does what people do, so an everyday word may be a name. `slip`: it stands where people stand, so it may be a
    misspelt name though it has no capital (`the scanner jams` is not James).
    """
    plain = word.plain
    if plain in index.single:
        if is_ordinary(plain) and not (word.capital and word.start > 0) and not word.owns and not acts:
            return frozenset(), 0, False
        return index.single[plain], 0.85, True
    if plain.endswith("s") and plain[:-1] in index.single and not is_nearly_ordinary(plain):
        return index.single[plain[:-1]], 0.85, True
    if "@" in plain or plain.isdigit() or is_ordinary(plain):
        return frozenset(), 0, False
    if is_nearly_ordinary(plain) and not (word.capital and word.start > 0) and not word.owns and not acts:
        return frozenset(), 0, False
    near = [(cost, name) for cost, name in index.parts.near(plain) if name in index.single]
    if not near or not (slip or word.owns or _in_mid_sentence(word)):
        return frozenset(), 0, False
    least = near[0][0]
    near = [(cost, name) for cost, name in near if cost <= least + 0.5]
    people = frozenset().union(*(index.single[name] for _, name in near))
    # A slip of the finger on a single name links; a letter from elsewhere on the keyboard may be another name, and a
    # word of three letters is too short to tell.
    return people, 0.7, len(plain) > 3 and all(cost <= allowed_slips(name) for cost, name in near)


def _narrow(
    index: PeopleIndex, words: Sequence[Word], start: int, people: frozenset[str], *, text: str
) -> tuple[int, frozenset[str], bool]:
    """Read `from finance` after a name: words used, people left, whether nobody of them fits."""
    at = start
    while at < len(words) and at - start < 3 and words[at].plain in _HINT_WORDS:
        at += 1
    if at == start or at >= len(words):
        if start < len(words) and _place_follows(index, words, start, text):
            at = start
        else:
            return 0, people, False
    near = [place for cost, place in index.places.near(words[at].plain) if cost <= 1]
    if not near:
        return 0, people, False
    fitting = frozenset(person for person in people if index.placed[person] & set(near))
    while fitting and at + 1 < len(words):  # `customer care` is one place
        more = {place for cost, place in index.places.near(words[at + 1].plain) if cost <= 1}
        still = frozenset(person for person in fitting if index.placed[person] & more)
        if not still:
            break
        fitting, at = still, at + 1
    return at - start + 1, fitting, not fitting


def _place_follows(index: PeopleIndex, words: Sequence[Word], at: int, text: str) -> bool:
    """`Tom (Finance)`, `Tom Finance`; not `unlock Tom. it is urgent` where there is an IT."""
    before, word = words[at - 1], words[at]
    between = text[before.end : word.start]
    if word.plain not in index.places.words or before.owns or not re.fullmatch(r",? ?[(/-]?", between):
        return False
    return not is_ordinary(word.plain) or (word.capital and (len(word.plain) > 2 or word.text.isupper()))


def _somebody_else(
    index: PeopleIndex, words: Sequence[Word], at: int, people: frozenset[str], *, text: str, taken: Taken
) -> bool:
    """A neighbouring word looks like a name that none of them has: somebody whom we do not know."""
    pairs = [(at - 1, text[words[at - 1].end : words[at].start]) if at else None]
    if at + 1 < len(words) and not words[at].owns:
        pairs.append((at + 1, text[words[at].end : words[at + 1].start]))
    near = [
        words[place]
        for place, between in filter(None, pairs)
        if between == " " and place not in taken.surely | taken.perhaps
    ]
    names = frozenset().union(*(index.called[person] for person in people))
    return any(not word.owns and not _is_theirs(word, names) for word in near)


def _belongs(
    index: PeopleIndex, words: Sequence[Word], at: int, people: frozenset[str], *, text: str, taken: Taken
) -> bool:
    """The word before is part of the name: a misspelt first name, or one that nobody has."""
    if at == 0 or at - 1 in taken.surely or text[words[at - 1].end : words[at].start] != " ":
        return False
    before = words[at - 1]
    if not before.latin or before.owns or is_ordinary(before.plain) or _by_one_word(index, before, acts=False)[0]:
        return False
    names = frozenset().union(*(index.called[person] for person in people))
    return _in_mid_sentence(before) or any(slips(before.plain, name) <= 1.5 for name in names)


def _in_mid_sentence(word: Word) -> bool:
    """It has a capital that no beginning of a text explains."""
    return word.capital and word.start > 0


def _is_theirs(word: Word, names: frozenset[str]) -> bool:
    """One of their names, its beginning, or no name at all."""
    plain = word.plain
    if not word.latin:
        return False
    if plain.isdigit() or is_ordinary(plain):
        return True
    if any(name.startswith(plain) or slips(plain, name) <= 1.5 for name in names):
        return True
    return is_nearly_ordinary(plain) and not _in_mid_sentence(word)


def _combinations(options: list[list[tuple[float, str]]]) -> Iterable[tuple[tuple[float, str], ...]]:
    """Every choice of one option per place, at most four options a place."""
    if not options:
        yield ()
        return
    for first in options[0][:4]:
        for rest in _combinations(options[1:]):
            yield (first, *rest)


def _mention(
    window: Sequence[Word], text: str, people: Iterable[str], *, confidence: float, clear: bool = True
) -> Mention:
    fitting = tuple(sorted(people))
    start, end = window[0].start, window[-1].end
    one = fitting[0] if len(fitting) == 1 and clear else None
    sure = confidence if one else min(confidence, 0.9 / len(fitting))
    shown = text[start:end].removesuffix("'s")
    return Mention("person", start, end, shown, one, round(sure, 4), fitting[:MOST_CANDIDATES])


def _with_hint(mention: Mention, text: str, end: int) -> Mention:
    return Mention(
        mention.kind,
        mention.start,
        end,
        text[mention.start : end],
        mention.ref,
        min(1.0, mention.confidence + 0.05),
        mention.candidates,
    )
