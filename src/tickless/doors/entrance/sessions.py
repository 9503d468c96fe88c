"""Sessions: how long one lasts, which ones somebody has, and ending them."""

from __future__ import annotations

import datetime as dt

from tickless.domain.errors import NotFound
from tickless.doors.entrance.settings import EntranceSettings
from tickless.journal import Journal, Tx
from tickless.journal.access import Session, User
from tickless.kit.clock import Clock


def idle(session: Session, *, now: dt.datetime, settings: EntranceSettings) -> bool:
    """Whether it was out of use for too long."""
    return now - (session.seen_at or session.created_at) >= dt.timedelta(minutes=settings.idle_minutes)


def here(tx: Tx, user: User) -> bool:
    """Whether the account is on, and whose it is has not left."""
    person = tx.people.get(user.person) if user.person else None
    return user.active and (person is None or person.active)


def may_use_password(user: User, settings: EntranceSettings) -> bool:
    """Programs never sign in; people where passwords of this house count; a break-glass account always."""
    return user.kind == "break_glass" or (user.kind == "person" and settings.passwords)


class Sessions:
    """Whose sessions there are. Methods block."""

    def __init__(self, journal: Journal, clock: Clock, settings: EntranceSettings) -> None:
        self._journal = journal
        self._clock = clock
        self._settings = settings

    def of(self, user: User) -> list[Session]:
        """Those that are live, newest first."""
        now = self._clock.now()
        with self._journal.read() as tx:
            found = tx.access.sessions_of(user.id, now=now)
        return [one for one in found if not idle(one, now=now, settings=self._settings)]

    def end(self, user: User, *, by: str, session: str | None = None, but: str | None = None) -> int:
        """End one by its id, or all (`but`: except the one with this token). Raises `NotFound` for one that is not theirs."""
        with self._journal.write() as tx:
            ended = tx.access.end_sessions(user.id, session=session, but=but)
            if session is not None and not ended:
                raise NotFound("there is no such session")
            detail = {"sessions": ended, "session": session}
            subject = f"user:{user.login}"
            tx.audit.append(at=self._clock.now(), actor=by, action="session.end", subject=subject, detail=detail)
        return ended
