"""Writes known errors, planned work and bulletins down, each with its audit row, in the caller's transaction."""

from __future__ import annotations

import datetime as dt

from tickless.domain.case import Case
from tickless.domain.errors import BadInput, Conflict
from tickless.domain.known import Bulletin, KnownError, Maintenance
from tickless.domain.signal import Signal
from tickless.domain.world import World
from tickless.journal import Tx
from tickless.practices.known.core import check_error, check_window
from tickless.practices.known.from_changes import identity_of, is_over, window_of

LONGEST = 2_000


def note_error(tx: Tx, error: KnownError, *, world: World, by: str, now: dt.datetime) -> KnownError:
    """Write a known error down, new or changed. Raises `BadInput`."""
    checked = check_error(error, world)
    known = tx.known_errors.get(checked.id)
    tx.known_errors.put(checked)
    action = "known_error.noted" if known is None else "known_error.changed"
    tx.audit.append(
        at=now, actor=by, action=action, subject=f"known_error:{checked.id}", detail={"title": checked.title}
    )
    return checked


def close_error(tx: Tx, identity: str, *, by: str, now: dt.datetime) -> KnownError:
    """The cause is removed: nobody is offered the workaround any more. Raises `NotFound`, `Conflict`."""
    error = tx.known_errors.need(identity, lock=True)
    if error.state == "closed":
        raise Conflict("this known error is closed already")
    done = tx.known_errors.put(error.model_copy(update={"state": "closed"}))
    tx.audit.append(at=now, actor=by, action="known_error.closed", subject=f"known_error:{identity}", detail={})
    return done


def plan_work(tx: Tx, window: Maintenance, *, world: World, by: str, now: dt.datetime) -> Maintenance:
    """Plan work on a service. Raises `BadInput`."""
    checked = check_window(window, world, now=now)
    tx.maintenance.put(checked)
    detail = {"service": checked.service, "from": checked.starts_at.isoformat(), "until": checked.ends_at.isoformat()}
    tx.audit.append(at=now, actor=by, action="maintenance.planned", subject=f"maintenance:{checked.id}", detail=detail)
    return checked


def call_off(tx: Tx, identity: str, *, by: str, now: dt.datetime) -> Maintenance:
    """Call planned work off, or end it early: whoever waits for its end is told, alerts that it held
    back are handed back. Raises `NotFound`, `Conflict`."""
    window = tx.maintenance.need(identity, lock=True)
    if window.cancelled or window.ends_at <= now:
        raise Conflict("this planned work is over already")
    begun = window.starts_at <= now
    change: dict[str, object] = {"ends_at": now} if begun else {"cancelled": True}
    done = tx.maintenance.put(window.model_copy(update=change))
    tx.holds.look_again(identity, at=now)
    action = "maintenance.ended" if begun else "maintenance.cancelled"
    tx.audit.append(at=now, actor=by, action=action, subject=f"maintenance:{identity}", detail={})
    return done


def hear_change(tx: Tx, signal: Signal, service: str | None, *, world: World, now: dt.datetime) -> Maintenance | None:
    """A change record plans work, moves it or says that it is over: the window as it stands then; None where it says nothing
    of the kind. The same record again changes nothing."""
    by, known = f"source:{signal.source}", tx.maintenance.get(identity_of(signal), lock=True)
    if is_over(signal):
        standing = known is not None and not known.cancelled and known.ends_at > now
        return call_off(tx, known.id, by=by, now=now) if known is not None and standing else known
    window = window_of(signal, service, world, now=now)
    if window is None or window == known:
        return known
    kept = window if known is None else window.model_copy(update={"owner": known.owner, "note": known.note})
    if kept == known:
        return known
    tx.holds.look_again(kept.id, at=now)
    return plan_work(tx, kept, world=world, by=by, now=now)


def announce(tx: Tx, bulletin: Bulletin, case: Case, *, by: str, now: dt.datetime) -> Bulletin:
    """Write down what everybody who is affected is told. Raises `BadInput`."""
    text = bulletin.text.strip()
    if not text or len(text) > LONGEST:
        raise BadInput(
            f"a bulletin has 1 to {LONGEST} characters", mend="say what is known, what is done, and until when"
        )
    if bulletin.next_update_at is not None and bulletin.next_update_at <= now:
        raise BadInput("the next news lie in the past", mend="give a time that is still to come")
    done = tx.bulletins.put(bulletin.model_copy(update={"text": text}))
    tx.audit.append(at=now, actor=by, action="case.announced", subject=case.subject or case.id, case=case.id,
                    detail={"bulletin": done.id, "text": text})  # fmt: skip
    return done
