"""What people are called, indexed. Pure."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from tickless.domain.person import Person
from tickless.stages.understand.spelling import SpellingIndex, fold, index_words

_UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"}


def _name_parts(name: str) -> tuple[str, ...]:
    return tuple(part.replace("'", "") for part in fold(name).replace("-", " ").replace(",", " ").split())


def _spellings(name: str) -> set[tuple[str, ...]]:
    """A name's folded parts, with umlauts left out or written out in any of them."""
    long = "".join(_UMLAUTS.get(letter, letter) for letter in name.casefold())
    ways = [dict.fromkeys(pair) for pair in zip(_name_parts(name), _name_parts(long), strict=True)]
    return set(itertools.product(*ways))


@dataclass(frozen=True)
class PeopleIndex:
    """Everybody who can be named. Make it with `index_people`."""

    called: dict[str, frozenset[str]]
    """Person → every word that is one of their names."""
    full: dict[tuple[str, ...], frozenset[str]]
    """Name parts (two or more), in either order."""
    single: dict[str, frozenset[str]]
    """First name, last name, nickname."""
    handles: dict[str, str]
    """User name or address → person."""
    parts: SpellingIndex
    surnames: dict[str, frozenset[str]]
    """Person → the parts of the name after the first."""
    placed: dict[str, frozenset[str]]
    """Person → words that place them: department, location."""
    places: SpellingIndex


def index_people(people: Iterable[Person]) -> PeopleIndex:
    """Index people by everything they are called. People who are no longer active can be named too."""
    full: dict[tuple[str, ...], set[str]] = defaultdict(set)
    single: dict[str, set[str]] = defaultdict(set)
    handles: dict[str, str] = {}
    surnames: dict[str, frozenset[str]] = {}
    placed: dict[str, frozenset[str]] = {}
    for person in people:
        handles[fold(person.email)] = handles[fold(person.username)] = person.id
        later: set[str] = set()
        for parts in _spellings(person.name):
            _index_name(parts, person.id, full=full, single=single)
            later |= set(parts[1:])
        for nickname in person.nicknames:
            for parts in _spellings(nickname):
                names = {(*parts, last) for last in later} | {parts}
                for name in names:
                    _index_name(name, person.id, full=full, single=single)
        surnames[person.id] = frozenset(later)
        placed[person.id] = frozenset(_name_parts(person.department)) | frozenset(_name_parts(person.location))
    for handle in list(handles):
        single.pop(handle, None) if len(single.get(handle, ())) <= 1 else handles.pop(handle)
    called: dict[str, set[str]] = defaultdict(set)
    for word, persons in single.items():
        for one in persons:
            called[one].add(word)
    for handle, owner in handles.items():
        called[owner].add(handle)
    return PeopleIndex(
        called={one: frozenset(names) for one, names in called.items()},
        full={name: frozenset(ids) for name, ids in full.items()},
        single={name: frozenset(ids) for name, ids in single.items()},
        handles=handles,
        parts=index_words(set(single) | {part for name in full for part in name}),
        surnames=surnames,
        placed=placed,
        places=index_words({word for words in placed.values() for word in words}),
    )


def _index_name(
    parts: tuple[str, ...], person: str, *, full: dict[tuple[str, ...], set[str]], single: dict[str, set[str]]
) -> None:
    if not parts:
        return
    if len(parts) == 1:
        single[parts[0]].add(person)
        return
    first, last = parts[0], parts[-1]
    for name in (parts, (first, last), (last, first), (*parts[1:], first)):
        full[name].add(person)
    full[(first, last[0])].add(person)
    single[first].add(person)
    single[last].add(person)
