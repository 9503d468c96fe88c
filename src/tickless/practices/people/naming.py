"""The user name and address of somebody new, by the company's own rule, which is read off from who is there. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count

from tickless.domain.person import Person

Way = Callable[[str, str], str]
"""(first, last), folded → what stands before the @, or is typed to sign in."""

_SIGNS = {"ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ı": "i",
          "ä": "ae", "ö": "oe", "ü": "ue"}  # fmt: skip
WAYS: Mapping[str, Way] = {
    "first.last": lambda first, last: f"{first}.{last}",
    "f.last": lambda first, last: f"{first[:1]}.{last}",
    "flast": lambda first, last: f"{first[:1]}{last}",
    "first_last": lambda first, last: f"{first}_{last}",
    "firstlast": lambda first, last: f"{first}{last}",
    "first-last": lambda first, last: f"{first}-{last}",
    "last.first": lambda first, last: f"{last}.{first}",
    "lastf": lambda first, last: f"{last}{first[:1]}",
    "firstl": lambda first, last: f"{first}{last[:1]}",
    "first": lambda first, last: first,
    "last": lambda first, last: last,
}


@dataclass(frozen=True)
class Named:
    """Somebody's names, as a directory wants them."""

    given: str
    family: str
    username: str
    email: str


@dataclass(frozen=True)
class Rule:
    """`username` and `address`: names of ways; `domain` of the addresses."""

    username: str
    address: str
    domain: str


def folded(name: str) -> str:
    """A part of a name in plain small letters: `Müller-Öz` → `muelleroez`, `O'Brien` → `obrien`."""
    spelt = "".join(_SIGNS.get(sign, sign) for sign in name.casefold())
    plain = unicodedata.normalize("NFKD", spelt)
    return re.sub(r"[^a-z0-9]", "", plain)


def parts(name: str) -> tuple[str, str]:
    """First and last name; one word is both."""
    words = name.split()
    return (words[0], words[-1]) if words else ("", "")


def rule_of(people: Iterable[Person]) -> Rule:
    """What most people's user names and addresses follow; `first.last` where nobody is there to read it off."""
    usernames: Counter[str] = Counter()
    addresses: Counter[str] = Counter()
    domains: Counter[str] = Counter()
    for person in people:
        local, _, domain = person.email.casefold().rpartition("@")
        first, last = (folded(part) for part in parts(person.name))
        for name, way in WAYS.items():
            usernames[name] += way(first, last) == person.username.casefold()
            addresses[name] += way(first, last) == local
        domains[domain] += bool(domain) and person.active and person.employment == "employee"
    best_domain = max(domains, key=lambda one: (domains[one], one), default="")
    return Rule(_most(usernames), _most(addresses), best_domain)


def _most(votes: Counter[str]) -> str:
    best = max(WAYS, key=lambda name: (votes[name], -list(WAYS).index(name)))
    return best if votes[best] else "first.last"


def proposals(name: str, people: Iterable[Person]) -> Iterator[Named]:
    """Names that nobody on record has, the plain one first, then with 2, 3 and so on. Raises ValueError for no name at all."""
    known = list(people)
    rule = rule_of(known)
    taken = {text.casefold() for person in known for text in (person.id, person.username, person.email)}
    first, last = parts(name)
    plain = (folded(first), folded(last))
    if not all(plain):
        raise ValueError("there is no name in it")
    for number in count(1):
        end = "" if number == 1 else str(number)
        username = f"{WAYS[rule.username](*plain)}{end}"
        email = f"{WAYS[rule.address](*plain)}{end}@{rule.domain}"
        if not {username, email} & taken:
            yield Named(first, last, username, email)
