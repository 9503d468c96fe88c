"""A visitor and their rights. Policy says what they are (`rights.py`); the tables: what the policies that ship make of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tickless.domain.person import Person
from tickless.journal.access import Role, User

Right = Literal["chat", "own_cases", "read", "act", "approve", "audit", "ask_as", "signals:write", "provision", "admin"]
"""chat: speak and read own conversations · own_cases: see cases one takes part in · read: see everything operational ·
act: run, close, reopen, replay, brakes · approve: see and answer any approval (policy still decides) · audit: the record and
its export · ask_as: speak for somebody else · signals:write: send as a monitor · provision:
bring people and groups in (SCIM) · admin: users, tokens, autonomy."""

Scope = Literal["signals:write", "read", "act", "ask_as", "provision", "admin"]

EVERYTHING: frozenset[Right] = frozenset(
    {"chat", "own_cases", "read", "act", "approve", "audit", "ask_as", "signals:write", "provision", "admin"}
)
ROLE_RIGHTS: dict[Role, frozenset[Right]] = {
    "employee": frozenset({"chat", "own_cases"}),
    "operator": frozenset({"chat", "own_cases", "read", "act", "ask_as", "signals:write"}),
    "approver": frozenset({"chat", "own_cases", "approve"}),
    "auditor": frozenset({"chat", "own_cases", "read", "audit"}),
    "admin": EVERYTHING,
}
SCOPE_RIGHTS: dict[Scope, frozenset[Right]] = {
    "signals:write": frozenset({"signals:write"}),
    "read": frozenset({"own_cases", "read", "audit"}),
    "act": frozenset({"chat", "own_cases", "read", "act", "approve"}),
    "ask_as": frozenset({"chat", "own_cases", "ask_as"}),
    "provision": frozenset({"provision"}),
    "admin": EVERYTHING,
}
SCOPES: tuple[Scope, ...] = tuple(SCOPE_RIGHTS)


@dataclass(frozen=True)
class Visitor:
    """Who is at the door. `csrf` is set for sessions only; `source` for a token bound to one sender."""

    kind: Literal["session", "token", "anonymous"]
    user: User | None = None
    person: Person | None = None
    scopes: frozenset[str] = frozenset()
    csrf: str = ""
    token: str | None = None
    """Id of the API token that was shown."""
    source: str | None = None
    granted: frozenset[Right] | None = None
    """What policy grants; None where no policy was asked: then by the tables."""

    @property
    def roles(self) -> tuple[Role, ...]:
        return self.user.roles if self.user else ()

    @property
    def name(self) -> str:
        """How to address them: the person's name, else the login."""
        if self.person is not None:
            return self.person.name
        return self.user.login if self.user else "anonymous"

    @property
    def actor(self) -> str:
        """Who it was, for the desk and the record: the person's id, so that nobody approves their own wish by another path;
        without a person `user:<login>`."""
        if self.person is not None:
            return self.person.id
        return f"user:{self.user.login}" if self.user else "anonymous"

    @property
    def rights(self) -> frozenset[Right]:
        """Of the roles; a token narrows them to its scopes, and to sending when it is bound to a source."""
        if self.granted is not None:
            return self.granted
        own: frozenset[Right] = frozenset().union(*(ROLE_RIGHTS[role] for role in self.roles))
        if self.kind != "token":
            return own
        granted = own & frozenset().union(*(SCOPE_RIGHTS[scope] for scope in SCOPES if scope in self.scopes))
        return granted if self.source is None else granted & SCOPE_RIGHTS["signals:write"]

    def may(self, right: Right) -> bool:
        return right in self.rights


ANONYMOUS = Visitor(kind="anonymous")
