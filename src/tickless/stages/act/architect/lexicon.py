"""How people speak of operations and of how things stand: `lexicon.yaml`, read once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from tickless.kit.yaml_text import read_yaml

_NEAR = r"[^.;]{0,34}?"
_NOT = re.compile(r"\b(not|no longer|never|nobody|without|neither|un(?=able))\b")


@dataclass(frozen=True)
class Doing:
    """An operation that changes something. `after`: what its own probe has to read then (over `result`, with `$param`);
    `sets`: what it makes true on the table top; `undo`: what takes it back; else `why` that cannot be."""

    use: str
    says: tuple[re.Pattern[str], ...]
    about: frozenset[str]
    reads: str
    after: str
    before: str = ""
    given: dict[str, Any] = field(default_factory=dict)
    sets: dict[str, Any] = field(default_factory=dict)
    undo: dict[str, Any] | None = None
    why: str = ""


@dataclass(frozen=True)
class Fact:
    """One thing that a probe answers, and the words for both sides of it. `number`: in which unit it is compared."""

    probe: str
    field: str
    yes: tuple[re.Pattern[str], ...] = ()
    no: tuple[re.Pattern[str], ...] = ()
    yes_is: str = ""
    no_is: str = ""
    number: str = ""
    nouns: re.Pattern[str] | None = None

    def when(self, *, true: bool) -> str:
        """As an expression over `result`."""
        own = self.yes_is if true else self.no_is
        return own or (f"result.{self.field}" if true else f"!result.{self.field}")


@dataclass(frozen=True)
class Alarm:
    """What monitors call it, where the words of a description speak of it."""

    class_: str
    kind: str
    says: re.Pattern[str]


@dataclass(frozen=True)
class Lexicon:
    doings: tuple[Doing, ...]
    facts: tuple[Fact, ...]
    alarms: tuple[Alarm, ...]


@cache
def lexicon() -> Lexicon:
    """The one that ships."""
    whole = read_yaml(files(__package__).joinpath("lexicon.yaml").read_text(encoding="utf-8"))
    return Lexicon(
        tuple(_doing(one) for one in whole["operations"]),
        tuple(_fact(one) for one in whole["facts"]),
        tuple(Alarm(one["class"], one["kind"], re.compile(one["says"])) for one in whole["classes"]),
    )


def _doing(one: dict[str, Any]) -> Doing:
    return Doing(
        use=one["use"],
        says=_patterns(one["says"]),
        about=frozenset(one["about"].split()),
        reads=one["reads"],
        after=one["after"],
        before=one.get("before", ""),
        given=one.get("with", {}),
        sets=one.get("sets", {}),
        undo=one.get("undo"),
        why=one.get("why", ""),
    )


def _fact(one: dict[str, Any]) -> Fact:
    nouns = "|".join(one.get("nouns", ()))
    return Fact(
        probe=one["probe"],
        field=one["field"],
        yes=_patterns(one.get("holds", ())),
        no=_patterns(one.get("fails", ())),
        yes_is=one.get("yes_is", ""),
        no_is=one.get("no_is", ""),
        number=one.get("number", ""),
        nouns=re.compile(nouns.replace("~", _NEAR)) if nouns else None,
    )


def _patterns(sources: Any) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(source.replace("~", _NEAR)) for source in sources)


def denied(text: str, start: int) -> bool:
    """Whether a word of denial stands in the six words before."""
    return _NOT.search(" ".join(text[:start].split()[-4:])) is not None
