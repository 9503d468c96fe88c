"""Parent and child: cases that are kept apart and belong together, such as a major incident and what hangs on it.

In the caller's transaction.
"""

from __future__ import annotations

import datetime as dt

from tickless.domain.case import Case
from tickless.domain.errors import Conflict
from tickless.domain.regroup import Link
from tickless.flow.regroup.anew import lock_cases, noted
from tickless.flow.regroup.telling import name_of
from tickless.journal import Tx
from tickless.stages.correlate.regroup import rules


def link(tx: Tx, child: str, parent: str, *, by: str, reason: str, now: dt.datetime) -> Case:
    """Make one case the child of another; returns the child. The same again changes nothing. Raises `Conflict`."""
    cases = lock_cases(tx, (child, parent))
    one, other = cases[child], cases[parent]
    known = tx.links.get(child)
    if known is not None and known.parent == parent:
        return one
    has_children = bool(tx.links.by(parent=child, limit=1))
    own = known.parent if known is not None else one.parent
    theirs = tx.links.get(parent)
    against = rules.may_link(one, other, parent_of_child=own, parent_of_parent=theirs.parent if theirs else None)
    if against is None and has_children:
        against = f"case {one.number} has children itself: link those to case {other.number}"
    if against is not None:
        raise Conflict(against)
    tx.links.put(Link(child=child, parent=parent, by=by, reason=reason, at=now))
    text = f"{name_of(tx, by)} made it a child of case {other.number}: {reason}"
    done = tx.cases.put(
        one.model_copy(update={"parent": parent, "evidence": noted(one, text, ref=parent), "updated_at": now})
    )
    tx.cases.put(other.model_copy(update={"updated_at": now}))
    _audit(tx, "case.linked", done, other, by=by, reason=reason, now=now)
    return done


def unlink(tx: Tx, child: str, *, by: str, reason: str, now: dt.datetime) -> Case:
    """It stands by itself again; returns it. One that has no parent stays as it is."""
    known = tx.links.get(child)
    cases = lock_cases(tx, (child, known.parent) if known else (child,))
    known, one = tx.links.get(child), cases[child]
    if known is None:
        return one
    tx.links.delete(child)
    text = f"{name_of(tx, by)} made it stand by itself again: {reason}"
    done = tx.cases.put(
        one.model_copy(update={"parent": None, "evidence": noted(one, text, ref=known.parent), "updated_at": now})
    )
    parent = tx.cases.need(known.parent)
    _audit(tx, "case.unlinked", done, parent, by=by, reason=reason, now=now)
    return done


def _audit(tx: Tx, action: str, child: Case, parent: Case, *, by: str, reason: str, now: dt.datetime) -> None:
    for case in (child, parent):
        tx.audit.append(at=now, actor=by, action=action, subject=case.subject or case.id, case=case.id,
                        detail={"why": reason, "child": child.number, "parent": parent.number})  # fmt: skip
