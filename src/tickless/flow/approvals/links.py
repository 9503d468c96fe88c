"""The link in a letter by which one person answers one approval, once. Only the hash of it is stored."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import Any

from tickless.domain.card import ApprovalCard, read_card, store_card
from tickless.domain.channel import Thread
from tickless.domain.decision import ApprovalRequest
from tickless.domain.errors import Forbidden, NotFound
from tickless.domain.person import Person
from tickless.flow.approvals.approving import Approving, plan_of
from tickless.flow.rooms import Rooms
from tickless.journal import Tx
from tickless.journal.access import OneTime, token_hash

KIND = "approval"
SPENT = "this link was used already, is too old, or never was one"


@dataclass(frozen=True)
class Linked:
    """What a link is about, and whose it is."""

    approval: ApprovalRequest
    person: Person
    plan: Any
    case_number: int


def letter_card(rooms: Rooms, card: dict[str, Any] | None, thread: Thread) -> dict[str, Any] | None:
    """The card as it goes into a letter: an approval gets a link of this reader's own. Anything else is as it was."""
    asked = read_card(card)
    if not isinstance(asked, ApprovalCard) or not thread.by_letter or not thread.private or thread.person is None:
        return card
    with rooms.journal.write() as tx:
        request = tx.approvals.get(asked.approval)
        if request is None or request.state != "pending":
            return card
        token = make_link(tx, request, person=thread.person, now=rooms.clock.now())
    return store_card(asked.model_copy(update={"href": f"/answer-approval/{token}"}))


def make_link(tx: Tx, asked: ApprovalRequest, *, person: str, now: dt.datetime) -> str:
    """A token by which that person may answer that request until it expires."""
    token = secrets.token_urlsafe(32)
    tx.access.add_one_time(
        OneTime(id=token_hash(token), kind=KIND, case=asked.case, person=person, cipher=asked.id, tries=0,
                created_at=now, expires_at=asked.expires_at)
    )  # fmt: skip
    return token


class ApprovalLinks:
    """What the page behind a link shows and does. The link proves a mailbox, no more: policy says what that is enough for."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._approving = Approving(rooms)

    def look(self, token: str) -> Linked:
        """What it asks. Uses nothing up. Raises `NotFound`."""
        with self._rooms.journal.read() as tx:
            asked, person = self._find(tx, token)
            return Linked(asked, person, plan_of(tx, asked), tx.cases.need(asked.case).number)

    def answer(self, token: str, *, approve: bool, reason: str) -> ApprovalRequest:
        """Answer, once. Raises `NotFound`, `Conflict`, and `Forbidden` with what policy says; a refusal uses nothing up."""
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            asked, person = self._find(tx, token, lock=True)
            done, ruling = self._approving.answer(
                tx, asked.id, by=person, assurance="channel", approve=approve, reason=reason, now=now
            )
            if ruling.allowed:
                tx.access.use_one_time(token_hash(token), at=now)
        if not ruling.allowed:
            raise Forbidden(
                " ".join(one.text for one in ruling.reasons), mend="sign in, and answer it there: /approvals"
            )
        return done

    def _find(self, tx: Tx, token: str, *, lock: bool = False) -> tuple[ApprovalRequest, Person]:
        known = tx.access.one_time(token_hash(token), lock=lock)
        if (
            known is None
            or known.kind != KIND
            or known.used_at is not None
            or known.expires_at <= self._rooms.clock.now()
        ):
            raise NotFound(SPENT, mend="sign in, and look at /approvals")
        return tx.approvals.need(known.cipher), tx.people.need(known.person)
