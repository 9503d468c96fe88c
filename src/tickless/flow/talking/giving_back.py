"""“Take it back, that was the wrong app”: a request that is done already is undone at its person's word. In the caller's
transaction; the case that undoes it begins with the commit."""

from __future__ import annotations

import datetime as dt
import re

from tickless.domain.card import ListCard, store_card
from tickless.domain.case import Case
from tickless.domain.finding import Finding
from tickless.domain.signal import Sender, Signal
from tickless.flow.ending.taking_back import can_be_taken_back, open_take_back, standing, underway, why_not
from tickless.flow.identity.introducing import marked_as_proved, with_proof
from tickless.flow.rooms import Rooms
from tickless.flow.saying import phrases, words
from tickless.flow.saying.conversation import say
from tickless.flow.saying.labels import cases_of, label_of
from tickless.flow.talking.naming import words_for
from tickless.flow.talking.person_words import STOPPABLE, own
from tickless.journal import Tx
from tickless.stages.understand.spelling import fold
from tickless.stages.understand.undoing import wants_back
from tickless.stages.understand.wording import case_number

LOOKED_BACK = 30
JUST_NOW = dt.timedelta(minutes=30)
"""How long after its end a request is what a bare “cancel” may mean."""
MOST = 5
CALLED = {
    "joiner": "joiner onboarding starter newcomer hire hiring start starts starting coming",
    "leaver": "leaver offboarding exit leaving leaves termination",
    "mover": "mover move transfer moving moves",
    "access_request": "access permission licence rights app",
    "software_install": "installation install software program",
}
"""By which words, beside its title, people call a request of this need."""


class GivingBack:
    """Which finished request is meant, and the case that takes it back."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def reread(self, tx: Tx, finding: Finding, signal: Signal, sender: Sender, *, now: dt.datetime) -> Finding:
        """What asks for something of this person's to be undone says “cancel”, whatever else it sounds like."""
        said = (signal.body or signal.title).tame(1_000)
        if finding.act == "cancel" or not wants_back(said):
            return finding
        found = [*self.finished(tx, sender, now=now), *self._live(tx, sender)]
        fits = finding.act != "need" or finding.need is None or bool(self._named(said, found))
        if not (found and fits) and case_number(said) is None:
            return finding
        return finding.model_copy(update={"act": "cancel", "need": None, "kind": None})

    @staticmethod
    def _live(tx: Tx, sender: Sender) -> list[Case]:
        here = tx.cases.live_of_conversation(sender.conversation)
        return here if sender.person is None or sender.assurance == "none" else [*here, *cases_of(tx, sender.person)]

    def instead(
        self, tx: Tx, said: str, sender: Sender, live: list[Case], *, key: str, now: dt.datetime
    ) -> tuple[str, list[Case]] | None:
        """What “cancel” means where something finished is meant: what to say, and the case that begins. None: it is about
        what is live."""
        finished = self.finished(tx, sender, now=now)
        if not finished:
            return None
        stoppable = [one for one in live if one.state in STOPPABLE]
        firmly, named = wants_back(said), [one for one in self._named(said, [*finished, *stoppable]) if one in finished]
        if stoppable and not (named and (firmly or case_number(said))):
            return None
        if not stoppable and live and not named:
            return None
        here = [one for one in finished if one.conversation == sender.conversation] or finished
        recent = [one for one in here if now - one.updated_at <= JUST_NOW]
        chosen = named or (here if firmly else recent)
        if not chosen:
            return None
        if (len(chosen) == 1 and (named or firmly)) or (firmly and not named and len(recent) == 1):
            return self.begin(tx, (recent if not named and len(recent) == 1 else chosen)[0], sender, now=now)
        return self._ask(tx, chosen[:MOST], sender, key=key, now=now), []

    def finished(self, tx: Tx, sender: Sender, *, now: dt.datetime) -> list[Case]:
        """What of this person's is done, changed something, and can still be taken back; the latest first."""
        table = tx.cases.table.c
        mine = table.conversation == sender.conversation
        if sender.person is not None and sender.assurance != "none":
            mine = mine | (table.requester == sender.person)
        states = table.state.in_(("resolved", "handed_off"))
        lately = tx.cases.where(mine, states, order=table.number.desc(), limit=LOOKED_BACK)
        return [one for one in lately if own(one, sender) and can_be_taken_back(one, now=now) and standing(tx, one)]

    def begin(self, tx: Tx, case: Case, sender: Sender, *, now: dt.datetime) -> tuple[str, list[Case]]:
        """Begin to take one finished request back; what to say where that is not possible."""
        running = underway(tx, case)
        if running is not None:
            return words.again(running), []
        left = standing(tx, case)
        if not can_be_taken_back(case, now=now) or not left:
            return phrases.NOTHING_TO_TAKE_BACK, []
        if not any(one.receipt.undo is not None for one in left):
            told = "; ".join(dict.fromkeys(f"{one.title} ({why_not(one)})" for one in left))
            return phrases.cannot_be_taken_back(case.number, told), []
        sure, proof = with_proof(tx, sender, now=now)
        back = open_take_back(
            tx,
            self._rooms,
            case,
            speaker=sure.person if sure.assurance != "none" else None,
            assurance=sure.assurance,
            conversation=sender.conversation,
            by=sure.person or f"{sender.channel}:{sender.account}",
            now=now,
        )
        return "", [marked_as_proved(tx, back, proof) if proof else back]

    def _named(self, said: str, cases: list[Case]) -> list[Case]:
        """The cases that the text names: by number, else by most of their telling words."""
        number = case_number(said)
        if number is not None:
            return [one for one in cases if str(one.number) == number.lstrip("0")]
        spoken = set(re.findall(r"[a-z0-9]+", fold(said)))
        names = {one.id: self._words(one) for one in cases}
        scores = {one.id: len(spoken & names[one.id]) for one in cases}
        best = max(scores.values(), default=0)
        return [one for one in cases if best and scores[one.id] == best]

    def _words(self, case: Case) -> frozenset[str]:
        called = CALLED.get(case.need or "", "").split()
        return words_for(case, self._rooms.runbooks, self._rooms.world()) | frozenset(called)

    def _ask(self, tx: Tx, cases: list[Case], sender: Sender, *, key: str, now: dt.datetime) -> str:
        items = tuple((self._label(one), f"take back case {one.number}") for one in cases)
        listed = "; ".join(f"case {one.number}: {self._label(one)}" for one in cases)
        say(tx, conversation=sender.conversation, case=None, text=f"{phrases.WHICH_BACK} {listed}", key=key, at=now,
            card=store_card(ListCard(title=phrases.WHICH_BACK, items=items)))  # fmt: skip
        return ""

    def _label(self, case: Case) -> str:
        return label_of(case, self._rooms.runbooks, self._rooms.world())
