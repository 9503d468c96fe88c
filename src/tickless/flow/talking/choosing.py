"""Doing something to the case that a person means: asks which one when several could be meant, and takes the case with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from tickless.domain.card import ListCard, store_card
from tickless.domain.case import Case
from tickless.domain.decision import OpenQuestion
from tickless.domain.signal import Sender
from tickless.flow.rooms import Rooms
from tickless.flow.saying import phrases, words
from tickless.flow.saying.conversation import say
from tickless.flow.saying.labels import cases_of, label_of
from tickless.flow.talking.moving import goes_with
from tickless.flow.talking.naming import Meant, meant, words_for
from tickless.flow.talking.person_words import STOPPABLE, it_works, leave_it
from tickless.journal import Tx
from tickless.stages.understand.wording import case_number


class Choosing:
    """In the caller's transaction. Returns the sentence that answers; an empty one when all is said already."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def live_cases(self, tx: Tx, sender: Sender) -> list[Case]:
        """The person's live cases, those of this conversation first, newest first."""
        here = tx.cases.live_of_conversation(sender.conversation)
        if sender.person is None or sender.assurance == "none":
            return here
        return [*here, *(one for one in cases_of(tx, sender.person) if one.id not in {case.id for case in here})]

    def cancel(
        self,
        tx: Tx,
        text: str,
        sender: Sender,
        *,
        slots: Mapping[str, str],
        asked: OpenQuestion | None,
        key: str,
        now: dt.datetime,
    ) -> str:
        """“Never mind”, “cancel the VPN one”, “leave it, just the laptop”."""
        live = self.live_cases(tx, sender)
        stoppable = [one for one in live if one.state in STOPPABLE]
        if not stoppable:
            return phrases.TOO_LATE_TO_STOP if live else words.NOTHING_TO_CANCEL
        found = _by_slots(slots, stoppable) or self._meant(text, stoppable)
        if found.unclear and asked is not None and self._just_asked(tx, asked, sender):
            found = Meant(tuple(one for one in stoppable if one.id == asked.case) or found.unclear)
        if found.unclear:
            return self._ask(tx, found.unclear, sender, text=phrases.WHICH_CANCEL, word="cancel", key=key, now=now)
        if not found.cases:
            return words.NOTHING_TO_CANCEL
        for case in found.cases:
            leave_it(tx, goes_with(tx, case, sender, now=now), sender, now=now)
        return ""

    def works_now(self, tx: Tx, text: str, sender: Sender, *, key: str, now: dt.datetime) -> str | None:
        """“It works now, thanks”: which of the live cases is that? None when there is none that it could be."""
        live = [one for one in self.live_cases(tx, sender) if one.kind != "question"]
        incidents = [one for one in live if one.kind == "incident"]
        candidates = [one for one in (incidents or live) if one.state in STOPPABLE] or live
        if not candidates:
            return None
        found = self._meant(text, candidates)
        if found.unclear:
            return self._ask(tx, found.unclear, sender, text=phrases.WHICH_OVER, word="it works now:", key=key, now=now)
        told = [it_works(tx, goes_with(tx, one, sender, now=now), sender, now=now) for one in found.cases]
        return next((text for text in told if text), "") if told else None

    def _meant(self, text: str, cases: list[Case]) -> Meant:
        world = self._rooms.world()
        names = {one.id: words_for(one, self._rooms.runbooks, world) for one in cases}
        return meant(text, cases, names)

    @staticmethod
    def _just_asked(tx: Tx, asked: OpenQuestion, sender: Sender) -> bool:
        """Whether this question is the last thing that was said here before the person spoke."""
        table = tx.messages.table.c
        last = tx.messages.where(table.conversation == sender.conversation, order=table.id.desc(), limit=5)
        ours = next((one for one in last if one.author == "tickless"), None)
        return ours is not None and ours.case == asked.case

    def _ask(
        self,
        tx: Tx,
        cases: tuple[Case, ...],
        sender: Sender,
        *,
        text: str,
        word: str,
        key: str,
        now: dt.datetime,
    ) -> str:
        """Ask which one; each answer carries the case's number, so that nothing has to be remembered."""
        items = [(self.label(one), f"{word} case {one.number}") for one in cases]
        if word == "cancel":
            items.append((phrases.ALL_OF_THEM, "cancel all of them"))
        card = ListCard(title=text, items=tuple(items))
        listed = "; ".join(f"case {one.number}: {self.label(one)}" for one in cases)
        say(
            tx,
            conversation=sender.conversation,
            case=None,
            text=f"{text} {listed}",
            key=key,
            at=now,
            card=store_card(card),
            private=not sender.private,
        )
        return ""

    def label(self, case: Case) -> str:
        return label_of(case, self._rooms.runbooks, self._rooms.world())

    def by_number(self, tx: Tx, text: str) -> Case | None:
        """The case whose number is in the text."""
        number = case_number(text)
        return tx.cases.by_number(int(number)) if number is not None and len(number) < 10 else None


def _by_slots(slots: Mapping[str, str], cases: list[Case]) -> Meant | None:
    """“Leave it, just the VPN”, as it was understood: what is dropped, what is kept. None when nothing was said of that."""
    kept = {need for need in slots.get("keep", "").split(",") if need}
    things = {value for name, value in slots.items() if name in {"app", "device"}}
    if slots.get("drop") or things:
        named = tuple(
            one for one in cases
            if one.need == slots.get("drop") or (things & set(one.inputs.values()) and one.need not in kept)
        )  # fmt: skip
        return Meant(named) if named else None
    if kept:
        return Meant(tuple(one for one in cases if one.need not in kept))
    return None
