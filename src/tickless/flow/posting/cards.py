"""Which cards of posted messages can be pressed, and what to write below one that was answered."""

from __future__ import annotations

from collections.abc import Mapping

from tickless.domain.card import (
    ApprovalCard,
    Card,
    ChoicesCard,
    CodeCard,
    FormCard,
    PageCard,
    RatingCard,
    SolvedCard,
)
from tickless.domain.case import Case
from tickless.domain.channel import Thread
from tickless.domain.person import Person
from tickless.flow.ending.handing_off import newest_ticket
from tickless.journal import Tx

People = Mapping[str, Person]
AGAIN, THANKS = "Open again", "Thank you"
ASKED_OF = frozenset({"verified", "assumed", "confirmed", "muted"})
"""Ends after which a person is asked whether it works: `muted` is the end of planned work that held them up."""
MOST_ROWS = 1_000


def can_be_pressed(card: Card | None) -> bool:
    """Cards that are over once somebody has answered."""
    return isinstance(card, ApprovalCard | ChoicesCard | CodeCard | FormCard | PageCard | RatingCard | SolvedCard)


def answered(tx: Tx, card: Card | None, people: People, *, thread: Thread) -> str | None:
    """What to write below the card now; None while it still waits. Empty: it is over, and there is nothing to say.

    `thread`: the conversation in which it was posted.
    """
    if isinstance(card, ApprovalCard):
        return _approval(tx, card, people)
    if isinstance(card, PageCard):
        return _page(tx, card, people)
    if isinstance(card, ChoicesCard | CodeCard | FormCard):
        asked = tx.questions.get(card.question)
        return None if asked is not None and asked.state == "open" else _QUESTION[asked.state if asked else "withdrawn"]
    if isinstance(card, SolvedCard):
        return _solved(tx, tx.cases.get(card.case), thread)
    if isinstance(card, RatingCard):
        return _rated(tx, tx.cases.get(card.case))
    return ""


def _solved(tx: Tx, case: Case | None, thread: Thread) -> str | None:
    """“Does it work now?” waits for the case's own person, and for everybody else who was told that an incident is over."""
    if case is None or case.live or _reported_again(tx, case, thread):
        return AGAIN
    if case.state == "handed_off":  # their ticket is solved; it is our question that waits
        ticket = newest_ticket(tx, case.id)
        return None if ticket is not None and ticket.asked_at is not None else THANKS
    if case.outcome not in ASKED_OF or (case.outcome == "confirmed" and thread.id == case.conversation):
        return THANKS
    said = {row.actor for row in tx.audit.rows(case=case.id, limit=MOST_ROWS) if row.action == "case.person_confirmed"}
    return THANKS if said & {thread.person, thread.account} else None


def _reported_again(tx: Tx, case: Case, thread: Thread) -> bool:
    """Whether somebody said here that it does not work for them, after an incident."""
    return any(one.parent == case.id and one.opened_at >= (case.resolved_at or case.updated_at)
               for one in tx.cases.by(conversation=thread.id))  # fmt: skip


def _rated(tx: Tx, case: Case | None) -> str | None:
    """Two rows of buttons: over when both were pressed since the case ended last."""
    if case is None or case.live:
        return AGAIN
    since = case.resolved_at or case.updated_at
    lately = [one for one in tx.ratings.by(case=case.id) if one.at >= since]
    both = any(one.effort is not None and one.expected is not None for one in lately)
    return "Thank you for telling us" if both else None


_QUESTION = {"answered": "Answered", "expired": "No answer came in time", "withdrawn": "No longer needed"}


def _page(tx: Tx, card: PageCard, people: People) -> str | None:
    page = tx.oncall_pages.get(card.page)
    if page is None or page.state == "over":
        return "It is over"
    if page.state != "acknowledged":
        return None
    who = people.get(page.acknowledged_by or "")
    return f"{who.name if who else page.acknowledged_by or 'somebody'} has it"


def _approval(tx: Tx, card: ApprovalCard, people: People) -> str | None:
    asked = tx.approvals.get(card.approval)
    if asked is None or asked.state == "withdrawn":
        return "No longer needed"
    if asked.state == "pending":
        return None
    if asked.state == "expired":
        return "No answer came in time"
    who = people.get(asked.answered_by or "")
    return f"{asked.state.capitalize()} by {who.name if who else asked.answered_by or 'somebody'}"
