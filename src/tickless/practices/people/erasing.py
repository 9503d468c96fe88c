"""What is taken out of records when a person is erased. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tickless.domain.person import Person

ERASED = "[erased]"
_SHORTEST = 4
"""Letters of a word that is looked for in other people's sentences: shorter ones would take out half the language."""
_WORDS = frozenset(
    {"title", "body", "text", "comment", "question", "instead_of", "description", "summary", "reason", "note"}
)
"""Fields of what a person wrote, which go as a whole."""
_BAGS = frozenset({"inputs", "slots", "labels", "values"})
"""Bags of what they said, in which every text goes."""
_STRUCTURE = frozenset(
    {
        "id", "case", "run", "kind", "state", "door", "need", "runbook", "version", "author", "channel", "outcome", "role",
        "conversation", "signal", "decision", "plan_hash", "effect", "severity", "revision", "employment", "act", "subject",
    }
)  # fmt: skip
"""Fields that hold our own words and ids: a person who is called like one of them does not break a record."""


@dataclass(frozen=True)
class Named:
    """How a person is called anywhere. Their id is a pseudonym and stays."""

    id: str
    pattern: re.Pattern[str] | None

    @classmethod
    def of(cls, person: Person, *, more: Iterable[str] = ()) -> Named:
        """By address, phone, name and its parts, nicknames and user name; `more`: accounts in channels."""
        parts = [part for part in person.name.split() if len(part) >= _SHORTEST]
        terms = {person.email, person.name, person.phone or "", *person.nicknames, *parts, *more}
        if person.username != person.id:
            terms.add(person.username)
        known = sorted((one for one in terms if len(one) >= _SHORTEST and one != person.id), key=len, reverse=True)
        if not known:
            return cls(person.id, None)
        anyone = "|".join(re.escape(one) for one in known)
        return cls(person.id, re.compile(rf"(?<!\w)(?:{anyone})(?!\w)", re.IGNORECASE))

    def out_of(self, value: Any) -> Any:
        """The same value without them, at any depth; names of fields stay."""
        if isinstance(value, str):
            return value if self.pattern is None else self.pattern.sub(ERASED, value)
        if isinstance(value, list):
            return [self.out_of(one) for one in value]
        if isinstance(value, dict):
            return {name: one if _kept(name, one) else self.out_of(one) for name, one in value.items()}
        return value

    def _own(self, name: str, value: Any) -> Any:
        if _kept(name, value):
            return value
        if name in _BAGS:
            return _texts_out(value, but=self.id)
        if name in _WORDS and isinstance(value, str) and value:
            return ERASED
        return self.own_words_out_of(value)

    def own_words_out_of(self, value: Any) -> Any:
        """The same of something that they wrote: all their words go."""
        if isinstance(value, dict):
            return {name: self._own(name, one) for name, one in value.items()}
        if isinstance(value, list):
            return [self.own_words_out_of(one) for one in value]
        return self.out_of(value)


def _texts_out(value: Any, *, but: str) -> Any:
    """Every text in a bag of what somebody said, but the person's id."""
    if isinstance(value, str):
        return ERASED if value and value != but else value
    if isinstance(value, list):
        return [_texts_out(one, but=but) for one in value]
    if isinstance(value, dict):
        return {name: _texts_out(one, but=but) for name, one in value.items()}
    return value


def _kept(name: str, value: Any) -> bool:
    return name in _STRUCTURE and isinstance(value, str)


def tombstone(person: Person) -> Person:
    """What stays on record of them: an id that other records name, and nothing else."""
    return Person(
        id=person.id, username=f"erased-{person.id}", name="Erased person", email=f"erased-{person.id}@invalid",
        department="", employment=person.employment, active=False, manager=None,
    )  # fmt: skip


STAYS = (
    "The id of the person, as a pseudonym: audit rows name who did what, and a chain of hashes cannot be changed.",
    "Hashes of plans and of audit rows: they prove what was done, and nobody can read a name out of them.",
    "Exports and backups made before: erase there too, or let them run out; after a restore, erase again.",
    "Records in outside systems, and mail and chat that were sent: they have their own erasure.",
    "Results of finished steps in the durable engine, until its own tables are pruned.",
)
"""What an erasure here does not reach, and why."""
