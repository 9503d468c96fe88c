"""Who may come in: users, sessions, API tokens, one-time secrets. Only hashes of tokens are stored."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa
from pydantic import AwareDatetime

from tickless.domain.record import Record
from tickless.journal import access_tables, tables
from tickless.journal.shelf import Shelf, begins_with
from tickless.journal.upserts import insert_new, upsert

Role = Literal["employee", "operator", "approver", "auditor", "admin"]
AccountKind = Literal["person", "service", "break_glass"]


class User(Record):
    """An account. `person` links it to the employee; `password` is an Argon2id hash, None: links, tokens and other houses'
    sign-in only."""

    version: Literal[1] = 1
    id: str
    login: str
    person: str | None = None
    roles: tuple[Role, ...]
    """What counts: those given by hand and those of the groups."""
    password: str | None = None
    active: bool = True
    kind: AccountKind = "person"
    """`service`: for programs, tokens only, answered for by its owner; `break_glass`: sealed, for emergencies, works once."""
    owner: str | None = None
    """Id of the person who answers for a service account."""
    by_hand: tuple[Role, ...] | None = None
    """The roles that somebody gave; None: all of them."""
    of_groups: tuple[Role, ...] = ()
    """The roles that come with the directory's groups, as it last said them."""

    @property
    def given(self) -> tuple[Role, ...]:
        """The roles that somebody gave."""
        return self.roles if self.by_hand is None else self.by_hand

    def with_roles(self, *, by_hand: tuple[Role, ...] | None = None, of_groups: tuple[Role, ...] | None = None) -> User:
        """With other roles of either sort; None leaves a sort as it is."""
        own = self.given if by_hand is None else by_hand
        groups = self.of_groups if of_groups is None else of_groups
        both = tuple(dict.fromkeys((*own, *groups)))
        return self.model_copy(update={"by_hand": own, "of_groups": groups, "roles": both})


class ApiToken(Record):
    """A token for machines: what it may do, for whom, until when. The token itself is shown once and never stored."""

    version: Literal[1] = 1
    id: str
    name: str
    user: str
    scopes: tuple[str, ...]
    source: str | None = None
    """For receivers: the one source it may send as."""
    created_at: AwareDatetime
    expires_at: AwareDatetime | None = None


@dataclass(frozen=True)
class Session:
    """A signed-in browser, or a link that signs one in (`kind`: session · link)."""

    user: str
    kind: str
    csrf: str
    created_at: dt.datetime
    expires_at: dt.datetime
    id: str | None = None
    """What it is called where it is listed; None: one of an older form."""
    seen_at: dt.datetime | None = None
    address: str | None = None
    agent: str | None = None
    way: str | None = None
    """How it was opened: `password`, `link`, `oidc`, `break_glass`."""


@dataclass(frozen=True)
class OneTime:
    """A secret or code that works once."""

    id: str
    kind: str
    case: str | None
    person: str
    cipher: str
    tries: int
    created_at: dt.datetime
    expires_at: dt.datetime
    used_at: dt.datetime | None = None


def token_hash(token: str) -> str:
    """SHA-256: tokens are 256 random bits, so no slow hash is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def _session(row: sa.Row[Any]) -> Session:
    values = dict(row._mapping)
    del values["token_hash"]
    return Session(**values)


class Access:
    """Inside a transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self.users = Shelf(
            connection, access_tables.users, User, lambda u: {"id": u.id, "login": u.login, "person": u.person}
        )

    def user_by_login(self, login: str) -> User | None:
        return next(iter(self.users.by(login=login)), None)

    def roles_of(self, actor: str) -> frozenset[str]:
        """The roles of the active accounts of somebody: a person by id, or `user:<login>`."""
        login = actor.removeprefix("user:")
        found = self.users.by(person=actor) if login == actor else self.users.by(login=login)
        return frozenset(role for user in found if user.active for role in user.roles)

    def add_session(self, token: str, session: Session) -> None:
        values = {"token_hash": token_hash(token), **session.__dict__}
        self._connection.execute(sa.insert(access_tables.sessions).values(**values))

    def session(self, token: str, *, now: dt.datetime) -> Session | None:
        """The live session behind a token."""
        table = access_tables.sessions
        row = self._connection.execute(
            sa.select(table).where(table.c.token_hash == token_hash(token), table.c.expires_at > now)
        ).one_or_none()
        return None if row is None else _session(row)

    def sessions_of(self, user: str, *, now: dt.datetime) -> list[Session]:
        """The live sessions of an account, newest first."""
        table = access_tables.sessions
        query = sa.select(table).where(table.c.user == user, table.c.kind == "session", table.c.expires_at > now)
        return [_session(row) for row in self._connection.execute(query.order_by(table.c.created_at.desc()))]

    def session_seen(self, token: str, *, at: dt.datetime) -> None:
        """It is in use."""
        table = access_tables.sessions
        self._connection.execute(sa.update(table).where(table.c.token_hash == token_hash(token)).values(seen_at=at))

    def end_sessions(self, user: str, *, session: str | None = None, but: str | None = None) -> int:
        """End one session by its id, or all of an account (`but`: all except the one with this token)."""
        table = access_tables.sessions
        query = sa.delete(table).where(table.c.user == user)
        if session is not None:
            query = query.where(table.c.id == session)
        if but is not None:
            query = query.where(table.c.token_hash != token_hash(but))
        return int(self._connection.execute(query).rowcount)

    def forget_sessions(self, *, before: dt.datetime) -> int:
        """Delete what ran out before then."""
        table = access_tables.sessions
        return int(self._connection.execute(sa.delete(table).where(table.c.expires_at < before)).rowcount)

    def end_session(self, token: str) -> bool:
        """Delete it; False if it was gone already (a sign-in link works once)."""
        table = access_tables.sessions
        done = self._connection.execute(sa.delete(table).where(table.c.token_hash == token_hash(token)))
        return bool(done.rowcount)

    def add_token(self, token: str, record: ApiToken) -> None:
        self._connection.execute(
            sa.insert(access_tables.api_tokens).values(
                id=record.id, token_hash=token_hash(token), user=record.user, body=record.model_dump_json()
            )
        )

    def token(self, token: str, *, now: dt.datetime) -> ApiToken | None:
        """The live API token."""
        query = sa.select(access_tables.api_tokens.c.body).where(
            access_tables.api_tokens.c.token_hash == token_hash(token)
        )
        body = self._connection.execute(query).scalar()
        record = None if body is None else ApiToken.model_validate_json(body)
        return record if record and (record.expires_at is None or record.expires_at > now) else None

    def tokens_used(self) -> dict[str, dt.datetime]:
        """When each token was shown last, as far as that was noted."""
        table = access_tables.api_tokens
        query = sa.select(table.c.id, table.c.used_at).where(table.c.used_at.is_not(None))
        return {row.id: row.used_at for row in self._connection.execute(query)}

    def token_used(self, identity: str, *, at: dt.datetime) -> None:
        table = access_tables.api_tokens
        self._connection.execute(sa.update(table).where(table.c.id == identity).values(used_at=at))

    def revoke_tokens_of(self, user: str) -> int:
        done = self._connection.execute(
            sa.delete(access_tables.api_tokens).where(access_tables.api_tokens.c.user == user)
        )
        return int(done.rowcount)

    def external(self, identity: str) -> str | None:
        """The account behind an identity of elsewhere (`issuer subject`)."""
        table = access_tables.external_identities
        return self._connection.execute(sa.select(table.c.user).where(table.c.id == identity)).scalar()

    def tie_external(self, identity: str, user: str, *, at: dt.datetime) -> None:
        upsert(self._connection, access_tables.external_identities, {"id": identity, "user": user, "since": at})

    def externals_of(self, user: str) -> list[str]:
        table = access_tables.external_identities
        return list(self._connection.execute(sa.select(table.c.id).where(table.c.user == user)).scalars())

    def untie_externals(self, user: str) -> None:
        table = access_tables.external_identities
        self._connection.execute(sa.delete(table).where(table.c.user == user))

    def failures(self, keys: Sequence[str]) -> dict[str, tuple[int, dt.datetime]]:
        """Wrong tries by key, and when the last was."""
        table = access_tables.throttles
        query = sa.select(table).where(table.c.key.in_(list(keys)))
        return {row.key: (row.failures, row.last) for row in self._connection.execute(query)}

    def note_failure(self, key: str, *, failures: int, at: dt.datetime) -> None:
        upsert(self._connection, access_tables.throttles, {"key": key, "failures": failures, "last": at})

    def forget_failures(self, *, key: str | None = None, before: dt.datetime | None = None) -> None:
        table = access_tables.throttles
        condition = table.c.key == key if before is None else table.c.last < before
        self._connection.execute(sa.delete(table).where(condition))

    def tokens(self) -> list[ApiToken]:
        query = sa.select(access_tables.api_tokens.c.body).order_by(access_tables.api_tokens.c.id)
        return [ApiToken.model_validate_json(body) for body in self._connection.execute(query).scalars()]

    def revoke_token(self, identity: str) -> bool:
        done = self._connection.execute(
            sa.delete(access_tables.api_tokens).where(access_tables.api_tokens.c.id == identity)
        )
        return bool(done.rowcount)

    def add_one_time(self, secret: OneTime) -> bool:
        """Store it; False if the id is taken (the step that makes it ran before)."""
        return bool(insert_new(self._connection, access_tables.one_time, secret.__dict__))

    def one_time(self, identity: str, *, lock: bool = False) -> OneTime | None:
        query = sa.select(access_tables.one_time).where(access_tables.one_time.c.id == identity)
        if lock:
            query = query.with_for_update()
        row = self._connection.execute(query).one_or_none()
        return None if row is None else OneTime(**row._mapping)

    def one_time_of(self, case: str, *, kind: str) -> list[OneTime]:
        """Newest first."""
        table = access_tables.one_time
        query = sa.select(table).where(table.c.case == case, table.c.kind == kind).order_by(table.c.created_at.desc())
        return [OneTime(**row._mapping) for row in self._connection.execute(query)]

    def one_time_count(self, person: str, *, kind: str, since: dt.datetime) -> int:
        """How many were made for a person since then."""
        table = access_tables.one_time
        query = sa.select(sa.func.count()).select_from(table)
        query = query.where(table.c.person == person, table.c.kind == kind, table.c.created_at >= since)
        return int(self._connection.execute(query).scalar_one())

    def codes_since(
        self, since: dt.datetime, *, person: str | None = None, conversations: str | None = None
    ) -> tuple[int, int]:
        """One-time codes made and wrong tries since then: of a person, or asked for in conversations that begin so."""
        codes, cases = access_tables.one_time, tables.cases
        wrong = sa.func.coalesce(sa.func.sum(codes.c.tries - sa.case((codes.c.used_at.is_not(None), 1), else_=0)), 0)
        query = sa.select(sa.func.count(), wrong).select_from(codes)
        query = query.where(codes.c.kind == "code", codes.c.created_at >= since)
        if person is not None:
            query = query.where(codes.c.person == person)
        if conversations is not None:
            here = begins_with(self._connection, cases.c.conversation, conversations)
            query = query.join(cases, cases.c.id == codes.c.case).where(here)
        row = self._connection.execute(query).one()
        return int(row[0]), int(row[1])

    def use_one_time(self, identity: str, *, at: dt.datetime) -> None:
        self._connection.execute(
            sa.update(access_tables.one_time).where(access_tables.one_time.c.id == identity).values(used_at=at)
        )

    def count_try(self, identity: str) -> None:
        self._connection.execute(
            sa.update(access_tables.one_time)
            .where(access_tables.one_time.c.id == identity)
            .values(tries=access_tables.one_time.c.tries + 1)
        )
