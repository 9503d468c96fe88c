"""A real OpenLDAP with the password policy overlay: three failed binds lock an account.

A service account with least rights does what Tickless does; the root account only prepares and inspects. Below `ou=ad`
stand entries with Microsoft's attributes, to try the Active Directory dialect on.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.servers.processes import HOST, Program, free_port, listens, own_folder, program
from tests.servers.shared import shared
from tests.servers.slapd_tree import (
    AD_BASE,
    GROUPS,
    GROUPS_BASE,
    MAX_FAILURES,
    PEOPLE,
    PEOPLE_BASE,
    POLICY,
    SERVICE,
    SUFFIX,
    person_dn,
    prepare,
)


@dataclass(frozen=True)
class Slapd:
    """A running directory. Passwords of people are made anew for every session."""

    url: str
    tls_url: str
    """The same by `ldaps://`; its certificate is from the authority in `ca_file`."""
    ca_file: str
    suffix: str
    policy: str
    admin_dn: str
    admin_password: str
    service_dn: str
    service_password: str
    people: dict[str, str]
    """Login name → password."""

    @property
    def people_base(self) -> str:
        return PEOPLE_BASE

    @property
    def groups_base(self) -> str:
        return GROUPS_BASE

    @property
    def ad_base(self) -> str:
        return AD_BASE

    def dn(self, username: str) -> str:
        """The entry of a person."""
        return person_dn(username)

    def can_sign_in(self, username: str, password: str | None = None) -> bool:
        """The symptom itself: does a bind with this (or the person's first) password succeed?"""
        import ldap

        connection = ldap.initialize(self.url)
        try:
            connection.simple_bind_s(self.dn(username), self.people[username] if password is None else password)
        except ldap.INVALID_CREDENTIALS:
            return False
        finally:
            connection.unbind_s()
        return True

    def lock_out(self, username: str) -> None:
        """Fail to sign in until the policy locks the account."""
        for attempt in range(MAX_FAILURES + 1):
            assert not self.can_sign_in(username, f"wrong {attempt}")
        assert not self.can_sign_in(username), "the account is not locked out"

    def as_admin(self) -> Any:
        """A python-ldap connection of the root account, to prepare and to inspect. Close it with `unbind_s`."""
        import ldap

        connection = ldap.initialize(self.url)
        connection.simple_bind_s(self.admin_dn, self.admin_password)
        return connection

    def attribute(self, dn: str, name: str) -> list[str]:
        """The values of one attribute (operational ones too), read by the root account."""
        import ldap

        connection = self.as_admin()
        try:
            entry = connection.search_s(dn, ldap.SCOPE_BASE, attrlist=[name])[0][1]
        finally:
            connection.unbind_s()
        return [value.decode() for value in entry.get(name, [])]

    def logins(self) -> list[str]:
        """Login names of everybody who has an account, sorted."""
        import ldap

        connection = self.as_admin()
        try:
            found = connection.search_s(self.people_base, ldap.SCOPE_ONELEVEL, attrlist=["uid"])
        finally:
            connection.unbind_s()
        return sorted(entry["uid"][0].decode() for _, entry in found)

    def restore(self) -> None:
        """Give everybody their first password, unlocked, and the first groups; nobody else has an account."""
        import ldap

        there = set(self.logins())
        connection = self.as_admin()
        try:
            for stranger in there - set(self.people):
                connection.delete_s(self.dn(stranger))
            for lost in set(self.people) - there:
                name = PEOPLE[lost]
                values = {"objectClass": "inetOrgPerson", "uid": lost, "cn": name, "sn": name.rpartition(" ")[2],
                          "displayName": name, "userPassword": self.people[lost]}  # fmt: skip
                connection.add_s(self.dn(lost), [(key, [value.encode()]) for key, value in values.items()])
            for username, password in self.people.items():
                connection.modify_s(self.dn(username), [(ldap.MOD_REPLACE, "userPassword", password.encode())])
                marks = (
                    "pwdAccountLockedTime",
                    "pwdReset",
                )  # a modification of their own: the overlay adds to the first
                connection.modify_s(self.dn(username), [(ldap.MOD_REPLACE, name, None) for name in marks])
            for group, members in GROUPS.items():
                values = [self.dn(member).encode() for member in members]
                connection.modify_s(f"cn={group},{self.groups_base}", [(ldap.MOD_REPLACE, "member", values)])
        finally:
            connection.unbind_s()


@contextmanager
def run_slapd() -> Iterator[Slapd]:
    """Start a directory in its first state."""
    with own_folder("slapd") as folder:
        ports = free_port(), free_port()
        server = _server(folder, *ports)
        config = prepare(
            folder,
            people=server.people,
            admin_password=server.admin_password,
            service_password=server.service_password,
        )
        urls = f"{server.url} {server.tls_url}"
        command = [program("slapd") or "slapd", "-f", str(config), "-h", urls, "-d", "0"]
        daemon = Program(command, log=folder / "log")
        daemon.start(lambda: all(listens(port) for port in ports))
        try:
            yield server
        finally:
            daemon.stop()


def _server(folder: Path, port: int, tls_port: int) -> Slapd:
    return Slapd(
        url=f"ldap://{HOST}:{port}",
        tls_url=f"ldaps://{HOST}:{tls_port}",
        ca_file=str(folder / "ca.pem"),
        suffix=SUFFIX,
        policy=POLICY,
        admin_dn=f"cn=admin,{SUFFIX}",
        admin_password=secrets.token_hex(12),
        service_dn=SERVICE,
        service_password=secrets.token_hex(12),
        people={username: secrets.token_hex(12) for username in PEOPLE},
    )


def fresh_slapd() -> Slapd:
    """The directory that this process shares, put back to its first state."""
    server = shared("slapd", run_slapd)
    server.restore()
    return server


@pytest.fixture
def slapd() -> Slapd:
    """A directory in its first state: nobody locked, first passwords, first groups. Started once per session."""
    return fresh_slapd()
