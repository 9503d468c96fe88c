"""The words in which a day is written down: what happens, who does what about it, and what must have come of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Door = Literal["human", "machine"]
ReplyKind = Literal["code", "wrong_code", "choice", "approve", "deny", "words_waiting", "words_solved", "open_link"]
"""code: types the code that the phone of `by` received · choice: answers a question · words_waiting: says something while
Tickless waits for somebody · words_solved: says something when it was solved · open_link: opens the link and signs in."""
Part = Literal["office", "keeper", "service"]
Sign = Literal["is", "above", "below"]
AT_ONCE = 0.0
"""People's events get their time when the whole day is put in order."""


@dataclass(frozen=True)
class Fault:
    """Something that breaks, as `Estate.fault` takes it. `lasts`: seconds until it is over by itself."""

    kind: str
    target: str
    amount: tuple[tuple[str, float], ...] = ()
    lasts: float | None = None


@dataclass(frozen=True)
class Reply:
    """What a person does when it is their turn. `by`: whose phone or whose yes, as a person's id."""

    kind: ReplyKind
    by: str = ""
    text: str = ""
    heals: Fault | None = None
    """What they mend with their own hands first."""
    breaks: Fault | None = None
    """What goes wrong again before they speak."""


@dataclass(frozen=True)
class Effect:
    """An entry that must stand in the estate's record of effects."""

    operation: str
    target: str


@dataclass(frozen=True)
class Fact:
    """How things must be in the end, read from the estate itself: `office` and `keeper` by path, `service` by its id."""

    part: Part
    path: str
    field: str
    sign: Sign
    value: bool | float | str


@dataclass(frozen=True)
class Expect:
    """What must have come of it. `need` None: no case at all."""

    need: str | None
    outcomes: tuple[str, ...] = ()
    subject: str = ""
    """What the case is about: `person:p017`, `service:till-hub` …; of a person's need at least its beginning."""
    effects: tuple[Effect, ...] = ()
    facts: tuple[Fact, ...] = ()
    regressions: int = 0
    joins: str = ""
    """The event whose case this one is part of: nothing new may be opened."""
    signs_in: bool = False
    """The person must have signed in with the password behind the link."""


@dataclass(frozen=True)
class Event:
    """Something that happens at `at` seconds of the compressed day, or as soon as the case of `after` is being worked on."""

    id: str
    at: float
    door: Door
    who: str
    """A person's id; for the machine door the thing that suffers."""
    title: str
    faults: tuple[Fault, ...] = ()
    says: str = ""
    claims: bool = False
    """Writes without an account: whoever they say they are."""
    storm: int = 0
    """So many further alerts of the same cause are posted."""
    after: str = ""
    replies: tuple[Reply, ...] = ()
    expects: tuple[Expect, ...] = ()


@dataclass(frozen=True)
class Day:
    """A working day, in order of time."""

    seed: int
    seconds: float
    events: tuple[Event, ...]
    spare: tuple[str, ...]
    """People in whose life nothing happens on this day: for visitors who want to try for themselves."""

    def event(self, identity: str) -> Event:
        """Raises StopIteration for an unknown one."""
        return next(event for event in self.events if event.id == identity)
