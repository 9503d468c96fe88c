"""Who may come in: users, sessions, API tokens, one-time secrets. Only hashes of tokens are stored."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa
from pydantic import AwareDatetime

from tickless.domain.record import Record
from tickless.journal import access_tables, tables
from tickless.journal.shelf import Shelf, begins_with
from tickless.journal.upserts import insert_new

Role = Literal["employee", "operator", "approver", "auditor", "admin"]


class User(Record):
    """A local account. `person` links it to the employee; `password` is an Argon2id hash, None: links and tokens only."""

    version: Literal[1] = 1
    id: str
    login: str
    person: str | None = None
    roles: tuple[Role, ...]
    password: str | None = None
    active: bool = True


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


class Access:
    """Inside a transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self.users = Shelf(connection, tables.users, User, lambda u: {"id": u.id, "login": u.login, "person": u.person})

    def user_by_login(self, login: str) -> User | None:
        return next(iter(self.users.by(login=login)), None)

    def add_session(self, token: str, session: Session) -> None:
        values = {"token_hash": token_hash(token), **session.__dict__}
        self._connection.execute(sa.insert(tables.sessions).values(**values))

    def session(self, token: str, *, now: dt.datetime) -> Session | None:
        """The live session behind a token."""
        table = tables.sessions
        row = self._connection.execute(
            sa.select(table).where(table.c.token_hash == token_hash(token), table.c.expires_at > now)
        ).one_or_none()
        return None if row is None else Session(row.user, row.kind, row.csrf, row.created_at, row.expires_at)

    def end_session(self, token: str) -> bool:
        """Delete it; False if it was gone already (a sign-in link works once)."""
        table = tables.sessions
        done = self._connection.execute(sa.delete(table).where(table.c.token_hash == token_hash(token)))
        return bool(done.rowcount)

    def add_token(self, token: str, record: ApiToken) -> None:
        self._connection.execute(
            sa.insert(tables.api_tokens).values(
                id=record.id, token_hash=token_hash(token), user=record.user, body=record.model_dump_json()
            )
        )

    def token(self, token: str, *, now: dt.datetime) -> ApiToken | None:
        """The live API token."""
        query = sa.select(tables.api_tokens.c.body).where(tables.api_tokens.c.token_hash == token_hash(token))
        body = self._connection.execute(query).scalar()
        record = None if body is None else ApiToken.model_validate_json(body)
        return record if record and (record.expires_at is None or record.expires_at > now) else None

    def tokens(self) -> list[ApiToken]:
        query = sa.select(tables.api_tokens.c.body).order_by(tables.api_tokens.c.id)
        return [ApiToken.model_validate_json(body) for body in self._connection.execute(query).scalars()]

    def revoke_token(self, identity: str) -> bool:
        done = self._connection.execute(sa.delete(tables.api_tokens).where(tables.api_tokens.c.id == identity))
        return bool(done.rowcount)

    def add_one_time(self, secret: OneTime) -> bool:
        """Store it; False if the id is taken (the step that makes it ran before)."""
        return bool(insert_new(self._connection, tables.one_time, secret.__dict__))

    def one_time(self, identity: str, *, lock: bool = False) -> OneTime | None:
        query = sa.select(tables.one_time).where(tables.one_time.c.id == identity)
        if lock:
            query = query.with_for_update()
        row = self._connection.execute(query).one_or_none()
        return None if row is None else OneTime(**row._mapping)

    def one_time_of(self, case: str, *, kind: str) -> list[OneTime]:
        """Newest first."""
        table = tables.one_time
        query = sa.select(table).where(table.c.case == case, table.c.kind == kind).order_by(table.c.created_at.desc())
        return [OneTime(**row._mapping) for row in self._connection.execute(query)]

    def one_time_count(self, person: str, *, kind: str, since: dt.datetime) -> int:
        """How many were made for a person since then."""
        table = tables.one_time
        query = sa.select(sa.func.count()).select_from(table)
        query = query.where(table.c.person == person, table.c.kind == kind, table.c.created_at >= since)
        return int(self._connection.execute(query).scalar_one())

    def codes_since(
        self, since: dt.datetime, *, person: str | None = None, conversations: str | None = None
    ) -> tuple[int, int]:
        """One-time codes made and wrong tries since then: of a person, or asked for in conversations that begin so."""
        codes, cases = tables.one_time, tables.cases
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
        self._connection.execute(sa.update(tables.one_time).where(tables.one_time.c.id == identity).values(used_at=at))

    def count_try(self, identity: str) -> None:
        self._connection.execute(
            sa.update(tables.one_time).where(tables.one_time.c.id == identity).values(tries=tables.one_time.c.tries + 1)
        )
