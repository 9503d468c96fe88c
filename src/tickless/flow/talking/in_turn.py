"""Hearing with a language model at hand: what waits, what ends a wait, and in which order all of it is heard.

See `turns.py` for the rule. In the caller's transaction: the intake's, or that of a second reading.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Protocol

from tickless.domain.case import Case
from tickless.domain.decision import OpenQuestion
from tickless.domain.finding import Finding
from tickless.domain.held import Held
from tickless.domain.signal import Sender, Signal
from tickless.flow.identity.bindings import recognise
from tickless.flow.rooms import Rooms
from tickless.flow.talking.questions import Questions
from tickless.flow.talking.turns import Turns
from tickless.journal import Tx

Settle = Callable[[tuple[Finding, ...]], tuple[Finding, ...] | None]
"""The last word on what a message says; None: it is not heard yet."""


class Words(Protocol):
    """Hears the words of a message, as `Hearing` does."""

    def __call__(
        self,
        tx: Tx,
        signal: Signal,
        sender: Sender,
        here: list[OpenQuestion],
        *,
        settle: Settle | None = None,
        now: dt.datetime,
    ) -> list[Case]:
        """The cases that begin."""


class InTurn:
    """Each method returns the cases that begin."""

    def __init__(self, rooms: Rooms, turns: Turns, questions: Questions, words: Words) -> None:
        self._rooms = rooms
        self._turns = turns
        self._questions = questions
        self._words = words

    def hear(self, tx: Tx, signal: Signal, sender: Sender, here: list[OpenQuestion], *, now: dt.datetime) -> list[Case]:
        """A message that has just come: behind what waits, after it, or at once."""
        waiting = self._turns.waiting(tx, sender.conversation)
        if waiting and not self._turns.over_with(waiting, signal, now=now):
            self._turns.put_behind(tx, signal, sender.conversation, now=now)
            return []
        begun = self.by_the_brain(tx, waiting, now=now)
        settle = self._may_hold(tx, signal, sender, place=None, came_at=now, now=now)
        return [*begun, *self._words(tx, signal, sender, here, settle=settle, now=now)]

    def by_the_brain(self, tx: Tx, waiting: list[Held], *, now: dt.datetime) -> list[Case]:
        """The wait is over: all of it is heard, in order, as if there were no model."""
        return [case for one in waiting for case in self._again(tx, one, lambda findings: findings, now=now)]

    def after_reading(self, tx: Tx, waiting: list[Held], settle: Settle, *, now: dt.datetime) -> list[Case]:
        """The first is heard as `settle` says; then those behind it, up to the next one that a model is to read."""
        first, *behind = waiting
        begun = self._again(tx, first, settle, now=now)
        for one in behind:
            if one.signal.sender is None:
                continue
            sender = recognise(tx, one.signal.sender, self._rooms, now=now)
            held = self._may_hold(tx, one.signal, sender, place=one.place, came_at=one.came_at, now=now)
            begun += self._again(tx, one, held, now=now)
            if tx.held.get(one.id) is not None:
                break
        return begun

    def _again(self, tx: Tx, held: Held, settle: Settle, *, now: dt.datetime) -> list[Case]:
        """It waits no longer, unless `settle` holds it; it answers only what had been asked when it came."""
        tx.held.delete(held.id)
        if held.signal.sender is None:
            return []
        sender = recognise(tx, held.signal.sender, self._rooms, now=now)
        here = [one for one in self._questions.here(tx, sender.conversation) if one.asked_at <= held.came_at]
        return self._words(tx, held.signal, sender, here, settle=settle, now=now)

    def _may_hold(
        self, tx: Tx, signal: Signal, sender: Sender, *, place: int | None, came_at: dt.datetime, now: dt.datetime
    ) -> Settle:
        def settle(findings: tuple[Finding, ...]) -> tuple[Finding, ...] | None:
            if not self._turns.may_hold(findings):
                return findings
            self._turns.hold(tx, signal, sender.conversation, place=place, came_at=came_at, now=now)
            return None

        return settle
