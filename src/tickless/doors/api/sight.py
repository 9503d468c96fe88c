"""What a visitor may see: everything with the right `read`, otherwise the cases they take part in."""

from __future__ import annotations

from tickless.domain.case import Case
from tickless.domain.errors import NotFound
from tickless.doors.entrance import Visitor
from tickless.doors.entrance.conversations import owns, owns_outside, spoke_for
from tickless.journal import Tx


def find_case(tx: Tx, reference: str, visitor: Visitor) -> Case:
    """A case by id or number (`42`, `#42`). Raises `NotFound`, also when it is not for these eyes."""
    number = reference.removeprefix("#")
    known = number.isascii() and number.isdigit() and len(number) <= 9
    case = tx.cases.by_number(int(number)) if known else tx.cases.get(reference)
    if case is None or not (visitor.may("read") or takes_part(tx, case, visitor)):
        raise NotFound(f"there is no case {reference[:80]!r}", mend="look at the list: tickless case list")
    return case


def takes_part(tx: Tx, case: Case, visitor: Visitor) -> bool:
    """Is it their case: asked for by them, or are they among the participants?"""
    if visitor.person is None:
        return False
    me = visitor.person.id
    return case.requester == me or any(_is(found.ref, me) for found in tx.alerts.participants(case.id))


def _is(ref: str, person: str) -> bool:
    return ref in {person, f"person:{person}"}


def may_watch(tx: Tx, visitor: Visitor, conversation: str) -> bool:
    """Whether it is the visitor's own, in whatever channel; others with the right `read` see it without private lines, and
    so does who speaks for its owner there. Raises `NotFound` when it is none of the visitor's business."""
    if owns(visitor, conversation) or owns_outside(tx, visitor, conversation):
        return True
    if not (visitor.may("read") or (visitor.may("ask_as") and spoke_for(visitor, conversation))):
        raise NotFound("there is no such conversation")
    return False
