"""A finding: what a signal is about."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field

from tickless.domain.record import Record, Untrusted

CaseKind = Literal["incident", "request", "question", "risk"]
Act = Literal["need", "answer", "confirm", "deny", "correct", "cancel", "thanks", "small_talk", "out_of_scope", "event"]
"""What a message does in the conversation: states a need, answers a question, says yes or no, puts something right, withdraws …

`correct` (`no, the other laptop`, `I meant Anna`, `not the vpn, the mailbox`): the slots hold what is meant instead,
`instead_of` what was wrong (a record's id or a need), and `need` another need where one is named. `cancel` with a slot `keep`
(needs, separated by commas) gives up everything else; `drop` names the need that is given up.
"""
OUTAGES = frozenset({"service_down"})
"""Alert classes that a service shows when it is broken, and, seen from outside, when something that it needs is."""


class Entity(Record):
    """A thing named in a signal, linked to a record where `ref` is set.

    Kinds: person, app, device, service, ci; group, location, time (`ref`: ISO date) and trace (a pasted one, by its exception).
    """

    kind: str
    text: Untrusted
    ref: str | None = None
    confidence: float = Field(ge=0, le=1)
    alternatives: tuple[str, ...] = ()
    """Other records that fit about as well: more than none means asking back is right."""


class Evidence(Record):
    """Why we believe something: a short sentence of ours, and where it comes from."""

    text: str
    source: str
    ref: str | None = None


class Finding(Record):
    """What one signal is about. A message may yield several, an alert yields one."""

    version: Literal[1] = 1
    id: str
    signal: str
    act: Act = "need"
    kind: CaseKind | None = None
    need: str | None = None
    """The intent (`account_unlock`) or alert class (`service_down`) that runbooks serve."""
    entities: tuple[Entity, ...] = ()
    slots: dict[str, str] = Field(default_factory=dict)
    confidence: float = Field(ge=0, le=1)
    evidence: tuple[Evidence, ...] = ()
    brain: str
    """What understood it: `lexical`, `embedding`, `rules`, or a model's name and prompt version."""
    made_at: AwareDatetime

    def entity(self, kind: str) -> Entity | None:
        """The first entity of that kind."""
        return next((entity for entity in self.entities if entity.kind == kind), None)
