"""Which cards of posted messages can be pressed, and what to write below one that was answered."""

from __future__ import annotations

from collections.abc import Mapping

from tickless.domain.card import (
    ApprovalCard,
    Card,
    ChoicesCard,
    CodeCard,
    FormCard,
    RatingCard,
    SolvedCard,
)
from tickless.domain.person import Person
from tickless.journal import Tx

People = Mapping[str, Person]


def can_be_pressed(card: Card | None) -> bool:
    """Cards that are over once somebody has answered."""
    return isinstance(card, ApprovalCard | ChoicesCard | CodeCard | FormCard | RatingCard | SolvedCard)


def answered(tx: Tx, card: Card | None, people: People) -> str | None:
    """What to write below the card now; None while it still waits. Empty: it is over, and there is nothing to say."""
    if isinstance(card, ApprovalCard):
        return _approval(tx, card, people)
    if isinstance(card, ChoicesCard | CodeCard | FormCard):
        asked = tx.questions.get(card.question)
        return None if asked is not None and asked.state == "open" else _QUESTION[asked.state if asked else "withdrawn"]
    if isinstance(card, SolvedCard):
        case = tx.cases.get(card.case)
        if case is None or case.live:
            return "Open again"
        return None if case.state == "resolved" and case.outcome in {"verified", "assumed"} else "Thank you"
    if isinstance(card, RatingCard):
        return "Thank you for telling us" if tx.ratings.by(case=card.case, limit=1) else None
    return ""


_QUESTION = {"answered": "Answered", "expired": "No answer came in time", "withdrawn": "No longer needed"}


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
