"""A person's word on their case: it works, it does not, leave it. In the caller's transaction, whatever door it came by."""

from __future__ import annotations

import datetime as dt

from tickless.domain.case import Case
from tickless.domain.signal import Sender
from tickless.flow.ending import ends
from tickless.flow.saying import phrases, words
from tickless.flow.saying.conversation import say
from tickless.flow.talking.experience import ask_rating
from tickless.journal import Tx
from tickless.stages.learn.service import LearnRoom

STOPPABLE = frozenset({"open", "awaiting_person", "awaiting_approval"})
HELD_UP = "maintenance"
"""Case input: the planned work that a report joined."""
NOT_SOLVED = frozenset({"refused", "withdrawn", "muted"})
"""Ends of which nobody can say that they did not hold."""


def takes_part(tx: Tx, case: Case, sender: Sender) -> bool:
    """Whether this case is the sender's: held here, asked for by them, or told to them as one of those affected."""
    if case.conversation == sender.conversation:
        return True
    if sender.person is None or sender.assurance == "none":
        return False
    if sender.person in {case.requester, case.speaker}:
        return True
    return any(
        one.ref == sender.person and one.role in {"requester", "affected"} for one in tx.alerts.participants(case.id)
    )


def own(case: Case, sender: Sender) -> bool:
    """Whether the sender may end it: who is merely affected may not."""
    mine = sender.person is not None and sender.assurance != "none" and sender.person in {case.requester, case.speaker}
    return mine or case.conversation == sender.conversation


def it_works(tx: Tx, case: Case, sender: Sender, *, now: dt.datetime) -> str:
    """“It works now”: a live case is over by the person's word, a solved one is confirmed. Returns what is left to say."""
    who = sender.person or sender.account
    if case.live:
        if not own(case, sender):
            return words.GLAD
        if case.state not in STOPPABLE:  # what is being done is checked anyway
            return words.GLAD
        done = ends.end_case(tx, case, state="resolved", outcome="confirmed", now=now, why="the person says that it works",
                             by=who)  # fmt: skip
        ends.tell_runs(tx, case, by=who)
        return _glad(tx, done, now=now)
    tx.audit.append(at=now, actor=who, action="case.person_confirmed", subject=case.subject or case.id, case=case.id,
                    detail={"outcome": case.outcome})  # fmt: skip
    if case.outcome == "assumed" and own(case, sender):
        tx.cases.put(case.model_copy(update={"outcome": "confirmed", "updated_at": now}))
        ends.recount(tx, case, outcome="confirmed")
    return _glad(tx, case, now=now)


def _glad(tx: Tx, case: Case, *, now: dt.datetime) -> str:
    """First that it is good to hear, and only then the question how it was."""
    say(tx, conversation=case.conversation, case=case, text=words.GLAD, key=f"{case.id}:glad:{now.isoformat()}", at=now)
    ask_rating(tx, case, now=now)
    return ""


def may_come_back(case: Case) -> bool:
    """Whether its person can say that it does not work: it ended as solved, or waited for planned work to be over."""
    solved = case.state == "resolved" and case.outcome not in NOT_SOLVED
    return solved or (case.state == "muted" and HELD_UP in case.inputs)


def still_broken(tx: Tx, case: Case, sender: Sender, *, learn: LearnRoom, now: dt.datetime) -> Case | None:
    """“It doesn't work”: a case that was said to be over is open again; None when there is nothing to open."""
    if not own(case, sender) or not may_come_back(case):
        return None
    who = sender.person or sender.account
    return ends.reopen(tx, case, by=who, why="the person says it is not solved", learn=learn, now=now)


def leave_it(tx: Tx, case: Case, sender: Sender, *, now: dt.datetime) -> str:
    """“Never mind”: stop a case that has not begun to change anything. Returns what to say if it can't be stopped."""
    if not case.live:
        return words.NOTHING_TO_CANCEL
    if case.state not in STOPPABLE:
        return phrases.TOO_LATE_TO_STOP
    who = sender.person or sender.account
    ends.withdraw(tx, case, by=who, now=now)
    ends.tell_runs(tx, case, by=who)
    return ""
