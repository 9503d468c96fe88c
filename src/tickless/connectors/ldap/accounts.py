"""Accounts and groups of one directory: finding them, and how they stand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tickless.connectors.ldap.client import Directory, connect
from tickless.connectors.ldap.dialects import Dialect, Policy, Standing, dialect_of
from tickless.connectors.ldap.entries import Entry, escape
from tickless.connectors.ldap.settings import Settings
from tickless.domain.errors import Rejected
from tickless.sdk import Call

IN_CHAIN = "1.2.840.113556.1.4.1941"
"""LDAP_MATCHING_RULE_IN_CHAIN (MS-ADTS 3.1.1.3.4.4.3)."""


@dataclass(frozen=True)
class Accounts:
    """An open directory, seen as accounts and groups."""

    directory: Directory
    settings: Settings
    dialect: Dialect
    now: dt.datetime

    def find(self, username: str) -> Entry | None:
        """The account with this login name."""
        attribute = self.settings.login_attribute or self.dialect.login_attribute
        query = f"(&{self.settings.people_filter}({attribute}={escape(username)}))"
        return self.directory.find(self.settings.people_base, query, ["displayName", "cn", *self.dialect.attributes])

    def get(self, username: str) -> Entry:
        """As `find`, but raises `Rejected` when there is none."""
        entry = self.find(username)
        if entry is None:
            raise Rejected("the directory has no such account", detail=f"login name {username!r}")
        return entry

    def standing(self, entry: Entry) -> Standing:
        """How the account stands now, by the policy that holds for it."""
        return self.dialect.standing(entry, policy=self._policy(entry), now=self.now)

    def _policy(self, entry: Entry) -> Policy:
        dn = entry.text("pwdPolicySubentry") or self.settings.policy_dn
        found = self.directory.read(dn, ["pwdLockoutDuration", "pwdMaxAge"]) if dn else None
        if found is None:
            return Policy()
        return Policy(found.number("pwdLockoutDuration"), found.number("pwdMaxAge"))

    def group(self, name: str) -> Entry | None:
        """The group with this name (`cn`)."""
        if not self.settings.groups_base:
            raise Rejected("this directory answers nothing about groups", mend="set groups_base in its settings")
        query = f"(&{self.settings.groups_filter}(cn={escape(name)}))"
        return self.directory.find(self.settings.groups_base, query, ["cn"])

    def get_group(self, name: str) -> Entry:
        """As `group`, but raises `Rejected` when there is none."""
        entry = self.group(name)
        if entry is None:
            raise Rejected("the directory has no such group", detail=f"group {name!r}")
        return entry

    def is_member(self, group: Entry, account: Entry) -> bool:
        """Whether the group names the account itself; with `nested_groups` also through groups that are in it."""
        query = f"({self._member}={escape(account.dn)})"
        return self.directory.find(group.dn, query, ["cn"]) is not None

    @property
    def _member(self) -> str:
        return f"member:{IN_CHAIN}:" if self.settings.nested_groups else "member"

    def names(self, group: Entry, account: Entry) -> bool:
        """Whether the group names the account itself: what can be added and taken away."""
        return self.directory.find(group.dn, f"(member={escape(account.dn)})", ["cn"]) is not None

    def groups_of(self, account: Entry) -> tuple[str, ...]:
        """Names of the groups that name the account, sorted; empty when this instance knows no groups."""
        if not self.settings.groups_base:
            return ()
        query = f"(&{self.settings.groups_filter}({self._member}={escape(account.dn)}))"
        found = self.directory.find_all(self.settings.groups_base, query, ["cn"])
        return tuple(sorted(entry.text("cn") for entry in found))


@contextmanager
def accounts(call: Call) -> Iterator[Accounts]:
    """The accounts of the call's directory, for as long as the block lasts."""
    settings: Settings = call.settings
    with connect(settings, password=call.secret(settings.password), timeout=call.timeout) as directory:
        yield Accounts(directory, settings, dialect_of(settings.dialect), call.now)
