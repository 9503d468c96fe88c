"""The entrance: who is it, may they, and how they sign in and out. Methods block (SQL, Argon2): call them in a thread."""

from __future__ import annotations

import base64
import datetime as dt
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response

from tickless.domain.errors import Forbidden, Unauthenticated
from tickless.domain.record import Untrusted
from tickless.doors.entrance.accounts import Accounts, plain_login
from tickless.doors.entrance.break_glass import seal_broken
from tickless.doors.entrance.pacing import Pacing
from tickless.doors.entrance.passwords import password_fits
from tickless.doors.entrance.problems import TooManyTries
from tickless.doors.entrance.rights import Rights
from tickless.doors.entrance.sessions import here, idle, may_use_password
from tickless.doors.entrance.settings import EntranceSettings
from tickless.doors.entrance.throttle import Throttle
from tickless.doors.entrance.visitor import ANONYMOUS, Right, Visitor
from tickless.journal import Journal, Tx
from tickless.journal.access import Session, User, token_hash
from tickless.kit.clock import Clock
from tickless.kit.ids import new_id

COOKIE = "tickless_session"
REMEMBERED = dt.timedelta(seconds=2)
NOTED_EVERY = dt.timedelta(minutes=1)
"""How closely it is noted when a session or token was used last: not a write for every request."""
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MOST_SENDERS = 1_000


def link_path(token: str) -> str:
    """Where the console takes a one-time link."""
    return f"/enter/{token}"


@dataclass(frozen=True)
class Opened:
    """A session that was just opened. `token` goes into the cookie and nowhere else."""

    token: str
    csrf: str
    user: User
    expires_at: dt.datetime


class Entrance(Accounts):
    """Who is at the door, and what may they do."""

    def __init__(self, journal: Journal, clock: Clock, settings: EntranceSettings | None = None) -> None:
        super().__init__(journal, clock)
        self.settings = settings or EntranceSettings()
        self.rights: Rights | None = None
        """Set by the composition root: asks policy."""
        self.alarm: Callable[[str, str], None] = lambda subject, text: None
        """Set by the composition root: tells the administrators at once."""
        self._logins = Throttle(journal, "login", free=self.settings.tries)
        self._addresses = Throttle(journal, "address", free=self.settings.tries_per_address)
        self._pacing = Pacing(self.settings.requests_per_minute)
        self._senders: dict[str, tuple[dt.datetime, Visitor]] = {}
        self._shown: dict[str, dt.datetime] = {}

    # Who is it?

    def visitor(self, request: Request, *, query_token: bool = False) -> Visitor:
        """Who sent this, by a bearer token, a token as basic password, or the session cookie.

        `query_token`: for receivers; also reads `?token=` or `?access_token=`, for senders that cannot set headers, and
        remembers tokens for `REMEMBERED`. A token that is wrong raises `Unauthenticated`; nothing at all is an anonymous
        visitor. Whoever asks for more than is theirs gets `TooMuch`.
        """
        token = _token_in(request, query=query_token)
        if token is not None and query_token:
            return self.sender(token)
        cookie = request.cookies.get(COOKIE)
        visitor = self._by_token(token) if token is not None else self._by_session(cookie) if cookie else ANONYMOUS
        if visitor.user is not None:
            self._pacing.take(visitor.token or visitor.user.id, now=self.clock.now())
        return visitor

    def sender(self, token: str) -> Visitor:
        """Behind a token of a sender, remembered for a moment: a monitor posts many times a second. A token that is revoked
        here is forgotten at once; one that is revoked by another process, after `REMEMBERED`."""
        known = self._remembered(token)
        if known is not None:
            return known
        now = self.clock.now()
        visitor = self._by_token(token)
        if len(self._senders) >= MOST_SENDERS:
            self._senders.clear()
        self._senders[token_hash(token)] = (now, visitor)
        return visitor

    def known_sender(self, request: Request) -> Visitor | None:
        """Who sent this, if `sender` still remembers; needs no thread. Raises `Unauthenticated` for an unreadable header."""
        token = _token_in(request, query=True)
        return None if token is None else self._remembered(token)

    def _remembered(self, token: str) -> Visitor | None:
        known = self._senders.get(token_hash(token))
        return known[1] if known is not None and self.clock.now() - known[0] < REMEMBERED else None

    def revoke(self, token_id: str, *, by: str) -> None:
        """End an API token at once. Raises `NotFound`."""
        super().revoke(token_id, by=by)
        self._senders.clear()

    def _by_token(self, token: str) -> Visitor:
        with self.journal.read() as tx:
            record = tx.access.token(token, now=self.clock.now())
            user = tx.access.users.get(record.user) if record else None
            if record is None or user is None or not user.active:
                raise Unauthenticated("this token is not known here", mend="create one: tickless token create")
            person = tx.people.get(user.person) if user.person else None
            if person is not None and not person.active:
                raise Unauthenticated("whose token this is has left")
        self._token_shown(record.id)
        return self._with_rights(
            Visitor("token", user, person, frozenset(record.scopes), token=record.id, source=record.source)
        )

    def _by_session(self, cookie: str) -> Visitor:
        with self.journal.read() as tx:
            now = self.clock.now()
            session = tx.access.session(cookie, now=now)
            user = tx.access.users.get(session.user) if session and session.kind == "session" else None
            if session is None or user is None or not user.active or idle(session, now=now, settings=self.settings):
                return ANONYMOUS
            person = tx.people.get(user.person) if user.person else None
            if person is not None and not person.active:
                return ANONYMOUS
        self._session_used(cookie, session, now)
        return self._with_rights(Visitor("session", user, person, csrf=session.csrf))

    def _session_used(self, cookie: str, session: Session, now: dt.datetime) -> None:
        if now - (session.seen_at or session.created_at) >= NOTED_EVERY:
            with self.journal.write() as tx:
                tx.access.session_seen(cookie, at=now)

    def _token_shown(self, identity: str) -> None:
        """When a token was shown last, to within `NOTED_EVERY`."""
        now = self.clock.now()
        if now - self._shown.get(identity, EPOCH) >= NOTED_EVERY:
            self._shown[identity] = now
            with self.journal.write() as tx:
                tx.access.token_used(identity, at=now)

    def _with_rights(self, visitor: Visitor) -> Visitor:
        return visitor if self.rights is None else replace(visitor, granted=self.rights.of(visitor))

    def require(self, visitor: Visitor, right: Right, *, deed: str = "") -> None:
        """Raises `Unauthenticated` when nobody is known, `Forbidden` when they may not. `deed`: the page or call, for policies
        that speak of it."""
        if visitor.kind == "anonymous":
            raise Unauthenticated("sign in first", mend="sign in, or send Authorization: Bearer tkl_…")
        if not visitor.may(right):
            what = "this token" if visitor.kind == "token" else "your account"
            raise Forbidden(f"{what} has no right to do that", mend=f"ask an administrator for the right `{right}`")
        if self.rights is not None and deed:
            self.rights.require(visitor, right, deed=deed)

    def csrf_ok(self, visitor: Visitor, token: str) -> bool:
        """Did a form or script of ours send this? Always true for tokens: no browser sends those by itself."""
        if visitor.kind == "session":
            return hmac.compare_digest(visitor.csrf.encode(), token.encode())
        return visitor.kind == "token"

    # Signing in and out

    def sign_in(self, login: str, password: str, *, address: str, agent: str = "") -> Opened:
        """Open a session. Raises `Unauthenticated` (the same for an unknown login and a wrong password) and
        `TooManyTries`, with the seconds to wait. Takes tens of milliseconds either way."""
        now = self.clock.now()
        login = plain_login(login)
        key = f"{login}\n{address}"
        wait = max(self._logins.wait(key, now=now), self._addresses.wait(address, now=now))
        if wait > 0:
            raise TooManyTries(after=wait)
        with self.journal.read() as tx:
            user = tx.access.user_by_login(login)
            if user is not None and not here(tx, user):
                user = None
        fits = password_fits(user.password if user else None, password)
        if user is None or not fits or not user.active or not may_use_password(user, self.settings):
            self._logins.failed(key, now=now)
            self._addresses.failed(address, now=now)
            self._note("anonymous", "sign_in.refused", f"login:{login[:100]}", address=address)
            raise Unauthenticated("the login or the password is wrong")
        self._logins.succeeded(key)
        if user.kind == "break_glass":
            return self._break_glass(user, address=address, agent=agent)
        with self.journal.write() as tx:
            return self.open(tx, user, how="password", address=address, agent=agent)

    def _break_glass(self, user: User, *, address: str, agent: str) -> Opened:
        """The seal is broken: the password is gone with this, administrators are told, and the session is a short one."""
        with self.journal.write() as tx:
            seal_broken(tx, user, address=address, at=self.clock.now())
            opened = self.open(tx, user, how="break_glass", address=address, agent=agent)
        self.alarm(f"user:{user.login}", f"The break-glass account {user.login} was used just now, from {address}.")
        return opened

    def make_link(self, user: User, *, by: str = "system") -> str:
        """A token that signs this user in once, within `link_minutes`. Raises `Forbidden` for a user who was switched off."""
        if not user.active or user.kind != "person":
            raise Forbidden("this account is switched off, or no person's")
        token = secrets.token_urlsafe(32)
        now = self.clock.now()
        until = now + dt.timedelta(minutes=self.settings.link_minutes)
        with self.journal.write() as tx:
            tx.access.add_session(token, Session(user.id, "link", "", now, until))
            tx.audit.append(at=now, actor=by, action="link.make", subject=f"user:{user.login}", detail={})
        return token

    def redeem_link(self, token: str, *, address: str, agent: str = "") -> Opened:
        """Open a session with a link's token, once. Raises `Unauthenticated`."""
        with self.journal.write() as tx:
            link = tx.access.session(token, now=self.clock.now())
            user = tx.access.users.get(link.user) if link and link.kind == "link" else None
            if user is None or not here(tx, user) or not tx.access.end_session(token):
                raise Unauthenticated("this link was used already or is too old", mend="ask for a new one")
            return self.open(tx, user, how="link", address=address, agent=agent)

    def open(self, tx: Tx, user: User, *, how: str, address: str, agent: str = "") -> Opened:
        """Open a session for somebody who has shown who they are."""
        now = self.clock.now()
        hours = self.settings.session_hours if how != "break_glass" else min(1.0, self.settings.session_hours)
        until = now + dt.timedelta(hours=hours)
        opened = Opened(secrets.token_urlsafe(32), secrets.token_urlsafe(24), user, until)
        session = Session(
            user.id, "session", opened.csrf, now, until, id=new_id("ses"), seen_at=now, address=address,
            agent=Untrusted(agent).tame(200), way=how,
        )  # fmt: skip
        tx.access.forget_sessions(before=now)
        tx.access.add_session(opened.token, session)
        detail = {"how": how, "address": address}
        tx.audit.append(
            at=now, actor=f"user:{user.login}", action="sign_in", subject=f"user:{user.login}", detail=detail,
            person=user.person,
        )  # fmt: skip
        return opened

    def sign_out(self, request: Request) -> None:
        """End the session of this request, if it has one."""
        cookie = request.cookies.get(COOKIE)
        visitor = self._by_session(cookie) if cookie else ANONYMOUS
        if cookie and visitor.user:
            with self.journal.write() as tx:
                tx.access.end_session(cookie)
                subject = f"user:{visitor.user.login}"
                tx.audit.append(at=self.clock.now(), actor=subject, action="sign_out", subject=subject, detail={})

    def put_cookie(self, response: Response, opened: Opened, request: Request) -> None:
        """Hand the session to the browser: HttpOnly, SameSite=Lax, and Secure over https."""
        response.set_cookie(
            COOKIE,
            opened.token,
            max_age=int((opened.expires_at - self.clock.now()).total_seconds()),
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )

    def drop_cookie(self, response: Response) -> None:
        response.delete_cookie(COOKIE, httponly=True, samesite="lax")

    def _note(self, actor: str, action: str, subject: str, *, address: str) -> None:
        with self.journal.write() as tx:
            detail = {"address": address}
            tx.audit.append(at=self.clock.now(), actor=actor, action=action, subject=subject, detail=detail)


def _token_in(request: Request, *, query: bool) -> str | None:
    """The token a request shows: bearer, basic password (the user name is not looked at), or in the query."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value.strip(), validate=True).decode().partition(":")[2]
        except ValueError as error:
            raise Unauthenticated("the authorization header cannot be read") from error
    if not query:
        return None
    return request.query_params.get("token") or request.query_params.get(
        "access_token"
    )  # the latter: RFC 6750, CloudEvents
