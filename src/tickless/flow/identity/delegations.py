"""Who stands in for whom, for how long and for what. Both are told. In the caller's transaction."""

from __future__ import annotations

import datetime as dt

from tickless.domain.errors import BadInput, Conflict, Forbidden, NotFound
from tickless.domain.person import Delegation, Person
from tickless.flow.saying import phrases
from tickless.flow.saying.conversation import personal, say
from tickless.journal import Tx
from tickless.kit.ids import new_id

LONGEST = dt.timedelta(days=366)


def put_delegation(tx: Tx, wanted: Delegation, *, own: str | None, now: dt.datetime) -> Delegation:
    """Write it down under an id of its own; `person` and `delegate` may be user names. `own`: whoever asks may arrange it for
    themselves only, and for approvals only. Raises `NotFound`, `BadInput`, `Conflict`, `Forbidden`."""
    if wanted.until <= max(wanted.since, now) or wanted.until - wanted.since > LONGEST:
        raise BadInput("it has to end after it begins, within a year", mend="give the day on which it ends")
    whom, who = _active(tx, wanted.person), _active(tx, wanted.delegate)
    if own is not None and (whom.id != own or not wanted.approves):
        raise Forbidden("you can let somebody answer your own approvals",
                        mend="an administrator arranges that somebody asks in your name")  # fmt: skip
    if whom.id == who.id:
        raise BadInput("nobody stands in for themselves")
    if any(one.until > wanted.since and one.since < wanted.until
           for one in tx.delegations.by(person=whom.id, delegate=who.id)):  # fmt: skip
        raise Conflict(f"{who.name} stands in for {whom.name} then already", mend="end that one first")
    made = wanted.model_copy(update={"id": new_id("dlg"), "person": whom.id, "delegate": who.id})
    tx.delegations.put(made)
    tx.audit.append(at=now, actor=made.by, action="delegation.made", subject=f"person:{whom.id}",
                    detail={"delegate": who.id, "since": made.since.isoformat(), "until": made.until.isoformat(),
                            "approves": made.approves})  # fmt: skip
    _tell(tx, made, whom.id, phrases.stood_in_for(who.name, until=made.until), now=now)
    _tell(tx, made, who.id, phrases.stands_in(whom.name, until=made.until, approves=made.approves), now=now)
    return made


def end_delegation(tx: Tx, identity: str, *, by: str, own: str | None, now: dt.datetime) -> Delegation:
    """End it now. `own`: only whoever is stood in for, or stands in. Raises `NotFound`."""
    found = tx.delegations.get(identity, lock=True)
    if found is None or found.until <= now or (own is not None and own not in {found.person, found.delegate}):
        raise NotFound(f"there is no delegation {identity[:80]!r}", mend="tickless delegation list")
    done = found.model_copy(update={"since": min(found.since, now), "until": now})
    tx.audit.append(at=now, actor=by, action="delegation.ended", subject=f"person:{found.person}",
                    detail={"delegate": found.delegate})  # fmt: skip
    return tx.delegations.put(done)


def _tell(tx: Tx, made: Delegation, person: str, text: str, *, now: dt.datetime) -> None:
    say(tx, conversation=personal(person), case=None, text=text, key=f"{made.id}:{person}", at=now, private=True)


def _active(tx: Tx, wanted: str) -> Person:
    found = tx.people.get(wanted) or next(iter(tx.people.by(username=wanted.lower(), limit=1)), None)
    if found is None or not found.active:
        raise NotFound(f"nobody is called {wanted[:80]!r}", mend="use an id or a user name: tickless person find NAME")
    return found
