"""The forms in which a suite may write a person, an app, a service or a device. Pure."""

from __future__ import annotations

import random
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from tickless.domain.person import App, Device, Person
from tickless.domain.service import Service
from tickless.sample.company import Company
from tickless.sample.people import ascii_name

Forms = Mapping[str, str]
"""Form → words; the empty form is the plain name."""


def person_forms(person: Person) -> Forms:
    """`first last nick email username department location title`; a form that the person has not is left out."""
    first, last = first_name(person), person.name.partition(" ")[2]
    forms = {
        "": person.name,
        "name": person.name,
        "first": first,
        "last": last,
        "email": person.email,
        "username": person.username,
        "department": person.department,
        "team": person.department,
        "location": person.location,
        "title": person.title,
    }
    if person.nicknames:
        forms["nick"] = person.nicknames[0]
    return forms


def thing_forms(thing: App | Service, company: Company, chance: random.Random) -> Forms:
    """`name id alias`; an alias only where no other app or service has it."""
    things: list[App | Service] = [*company.apps, *company.services]
    known = Counter(alias.lower() for other in things for alias in other.aliases)
    own = [alias for alias in thing.aliases if known[alias.lower()] == 1]
    forms = {"": thing.name, "name": thing.name, "id": thing.id}
    return forms | ({"alias": chance.choice(own)} if own else {})


def typo_of(name: str, company: Company, chance: random.Random) -> str | None:
    """The name of a person or thing with one slip of the finger that makes it nobody else's."""
    known = [*(p.name for p in company.people), *(a.name for a in company.apps), *(s.name for s in company.services)]
    return misspelt(name, chance, others=[folded(other) for other in known if other != name])


def device_forms(device: Device) -> Forms:
    """The tag is what a device is called; `kind` and `model` besides."""
    return {"": device.tag, "tag": device.tag, "kind": device.kind, "model": device.model}


def first_name(person: Person) -> str:
    """The first word of the name."""
    return person.name.split(maxsplit=1)[0]


@lru_cache(maxsize=4_096)
def folded(name: str) -> str:
    """Lower case without accents."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def called(people: Iterable[Person]) -> Mapping[str, int]:
    """How many of these people every single name (first, last, nickname) could mean."""
    counts: Counter[str] = Counter()
    for person in people:
        counts.update({folded(word) for name in (person.name, *person.nicknames) for word in name.split()})
    return counts


def misspelt(name: str, chance: random.Random, *, others: Iterable[str]) -> str | None:
    """One slip of the finger in the longest word: two letters changed over, one left out or one doubled.

    None where every slip comes as near to somebody or something else as to the name itself.
    """
    words = name.split()
    longest = max(range(len(words)), key=lambda at: len(words[at]))
    word = words[longest]
    if len(word) < 5 or not ascii_name(word):
        return None
    elsewhere = tuple(others)
    slips: list[Callable[[int], str]] = [
        lambda at: word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        lambda at: word[:at] + word[at + 1 :],
        lambda at: word[:at] + word[at] + word[at:],
    ]
    tries = [(slip, at) for slip in slips for at in range(1, len(word) - 2)]
    for slip, at in chance.sample(tries, len(tries)):
        wrong = slip(at)
        whole = " ".join([*words[:longest], wrong, *words[longest + 1 :]])
        if wrong != word and not any(near(folded(whole), other) for other in elsewhere):
            return whole
    return None


def near(one: str, other: str, *, most: int = 2) -> bool:
    """At most `most` letters have to be put in, left out or changed (Levenshtein)."""
    if abs(len(one) - len(other)) > most:
        return False
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        line = [row]
        for at, wanted in enumerate(other, 1):
            line.append(min(last[at] + 1, line[-1] + 1, last[at - 1] + (letter != wanted)))
        last = line
    return last[-1] <= most
