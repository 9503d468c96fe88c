"""Users and API tokens: making, changing and ending them. Each change leaves an audit row in its own transaction."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from tickless.domain.errors import BadInput, Conflict, Forbidden, NotFound
from tickless.doors.entrance.passwords import hash_password
from tickless.doors.entrance.visitor import SCOPES
from tickless.journal import Journal, Tx
from tickless.journal.access import ApiToken, Role, User
from tickless.kit.clock import Clock
from tickless.kit.ids import new_id

PREFIX = "tkl_"


@dataclass(frozen=True)
class NewToken:
    """An API token: `token` is shown now and never again."""

    token: str
    record: ApiToken


def plain_login(login: str) -> str:
    """Logins are compared without case and outer blanks."""
    return login.strip().lower()


class Accounts:
    """Who has an account here, and which tokens are out."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self.journal = journal
        self.clock = clock

    def create_user(
        self,
        login: str,
        *,
        roles: Sequence[Role],
        person: str | None = None,
        password: str | None = None,
        service: bool = False,
        owner: str | None = None,
        by: str = "system",
    ) -> User:
        """Add an account. `service`: for a program, which shows tokens and never signs in; `owner` is the person who answers
        for it. Raises `BadInput`, `Conflict` (the login is taken), `NotFound` (no such person)."""
        login = plain_login(login)
        if not login or len(login) > 100:
            raise BadInput("a login has 1 to 100 characters")
        if not roles:
            raise BadInput("a user needs at least one role")
        if service and (owner is None or person is not None or password is not None):
            raise BadInput("a service account has an owner, and neither a person nor a password of its own")
        hashed = hash_password(password, login=login) if password is not None else None
        user = User(
            id=new_id("usr"), login=login, person=person, roles=tuple(roles), password=hashed,
            kind="service" if service else "person", owner=owner if service else None,
        )  # fmt: skip
        with self.journal.write() as tx:
            if tx.access.user_by_login(login):
                raise Conflict(f"there is a user {login!r} already")
            for known in (person, owner):
                if known is not None:
                    tx.people.need(known)
            tx.access.users.put(user)
            detail = {"roles": list(roles), "person": person, "kind": user.kind, "owner": user.owner}
            tx.audit.append(at=self.clock.now(), actor=by, action="user.create", subject=f"user:{login}", detail=detail)
        return user

    def set_password(self, login: str, password: str, *, by: str) -> None:
        """Raises `NotFound`, `BadInput`."""
        hashed = hash_password(password, login=plain_login(login))
        with self.journal.write() as tx:
            user = _user(tx, login)
            if user.kind != "person":
                raise BadInput("only people's accounts have a password that somebody sets")
            tx.access.users.put(user.model_copy(update={"password": hashed}))
            ended = tx.access.end_sessions(user.id)
            detail = {"sessions": ended}
            subject = f"user:{user.login}"
            tx.audit.append(at=self.clock.now(), actor=by, action="user.password", subject=subject, detail=detail)

    def set_roles(self, login: str, roles: Sequence[Role], *, by: str) -> User:
        """The roles given by hand; those of the directory's groups stay. Raises `NotFound`, `Forbidden` (one's own)."""
        with self.journal.write() as tx:
            user = _user(tx, login)
            if by in {user.person, f"user:{user.login}"}:
                raise Forbidden("nobody changes their own roles", mend="ask another administrator")
            changed = user.with_roles(by_hand=tuple(dict.fromkeys(roles)))
            tx.access.users.put(changed)
            detail = {"from": list(user.given), "to": list(changed.given), "of_groups": list(changed.of_groups)}
            subject = f"user:{user.login}"
            tx.audit.append(at=self.clock.now(), actor=by, action="user.roles", subject=subject, detail=detail)
        return changed

    def switch(self, login: str, *, on: bool, by: str) -> User:
        """Switch an account on or off; off ends its sessions and its tokens at once. Raises `NotFound`, `Forbidden` (own)."""
        with self.journal.write() as tx:
            user = _user(tx, login)
            if not on and by in {user.person, f"user:{user.login}"}:
                raise Forbidden("nobody switches themselves off", mend="ask another administrator")
            changed = user.model_copy(update={"active": on})
            tx.access.users.put(changed)
            ended = 0 if on else tx.access.end_sessions(user.id)
            tokens = 0 if on else tx.access.revoke_tokens_of(user.id)
            detail = {"sessions": ended, "tokens": tokens}
            subject, action = f"user:{user.login}", "user.on" if on else "user.off"
            tx.audit.append(at=self.clock.now(), actor=by, action=action, subject=subject, detail=detail)
        return changed

    def users(self) -> list[User]:
        """Everybody with an account, by id; password hashes are left out."""
        with self.journal.read() as tx:
            return [user.model_copy(update={"password": None}) for user in tx.access.users.where()]

    def create_token(
        self,
        name: str,
        *,
        user: User,
        scopes: Sequence[str],
        source: str | None = None,
        expires_at: dt.datetime | None = None,
        by: str = "system",
    ) -> NewToken:
        """A token for machines. Bound to a `source` it may do nothing but send as that source. Raises `BadInput`."""
        unknown = sorted(set(scopes) - set(SCOPES))
        if unknown or not scopes:
            raise BadInput(
                f"no such scope: {', '.join(unknown)}" if unknown else "a token needs a scope",
                mend=f"there are: {', '.join(SCOPES)}",
            )
        if user.kind == "break_glass":
            raise BadInput("a break-glass account has no tokens")
        if source is not None and set(scopes) != {"signals:write"}:
            raise BadInput("a token bound to a source has the scope signals:write and no other")
        now = self.clock.now()
        if expires_at is not None and expires_at <= now:
            raise BadInput("the token would have run out already")
        record = ApiToken(
            id=new_id("tok"),
            name=name.strip()[:100] or "token",
            user=user.id,
            scopes=tuple(sorted(set(scopes))),
            source=source,
            created_at=now,
            expires_at=expires_at,
        )
        token = PREFIX + secrets.token_urlsafe(32)
        with self.journal.write() as tx:
            tx.access.add_token(token, record)
            detail = {"name": record.name, "scopes": list(record.scopes), "source": source, "user": user.login}
            tx.audit.append(at=now, actor=by, action="token.create", subject=f"token:{record.id}", detail=detail)
        return NewToken(token, record)

    def tokens(self) -> list[ApiToken]:
        """Without the tokens themselves: only their hashes are stored."""
        with self.journal.read() as tx:
            return tx.access.tokens()

    def tokens_used(self) -> dict[str, dt.datetime]:
        """Token → when it was shown last, to within a minute."""
        with self.journal.read() as tx:
            return tx.access.tokens_used()

    def revoke(self, token_id: str, *, by: str) -> None:
        """End an API token at once. Raises `NotFound`."""
        with self.journal.write() as tx:
            if not tx.access.revoke_token(token_id):
                raise NotFound(f"there is no token {token_id[:80]!r}")
            subject = f"token:{token_id}"
            tx.audit.append(at=self.clock.now(), actor=by, action="token.revoke", subject=subject, detail={})


def _user(tx: Tx, login: str) -> User:
    user = tx.access.user_by_login(plain_login(login))
    if user is None:
        raise NotFound(f"there is no user {login[:80]!r}", mend="look at the list: tickless user list")
    return user
