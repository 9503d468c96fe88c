"""A real OpenLDAP with the password policy overlay: three failed binds lock an account.

A service account with least rights does what Tickless does; the root account only prepares and inspects. Below `ou=ad`
stand entries with Microsoft's attributes, to try the Active Directory dialect on.
"""

from __future__ import annotations

import base64
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import trustme
from tests.servers.processes import HOST, NotStarted, Program, free_port, listens, own_folder, program
from tests.servers.shared import shared

SUFFIX = "dc=example,dc=test"
POLICY = f"cn=default,ou=policies,{SUFFIX}"
SERVICE = f"cn=tickless,ou=services,{SUFFIX}"
PEOPLE = {
    "anna": "Anna Schmidt",
    "ben": "Ben Okafor",
    "chloe": "Chloé (Ops) Martin",
    "dora": "Dora Novak",
    "o*brien": "Finn O'Brien",
}
GROUPS = {"vpn-users": ("anna", "ben"), "wiki-editors": ("anna",)}
MAX_FAILURES = 3

CONFIG = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
include /etc/ldap/schema/nis.schema
include /etc/ldap/schema/msuser.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload ppolicy
pidfile {folder}/slapd.pid
argsfile {folder}/slapd.args
TLSCertificateFile {folder}/server.pem
TLSCertificateKeyFile {folder}/server.key
database mdb
maxsize 67108864
suffix "{suffix}"
rootdn "cn=admin,{suffix}"
rootpw {admin_password}
directory {folder}/data
index objectClass,uid,member eq
overlay ppolicy
ppolicy_default "{policy}"
ppolicy_hash_cleartext
access to attrs=userPassword by dn.exact="{service}" write by self write by anonymous auth by * none
access to attrs=pwdAccountLockedTime,pwdReset by dn.exact="{service}" write by * read
access to dn.subtree="ou=groups,{suffix}" attrs=member by dn.exact="{service}" write by * read
access to dn.subtree="ou=ad,{suffix}" by dn.exact="{service}" write by * read
access to * by users read by anonymous auth
"""


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
        return f"ou=people,{self.suffix}"

    @property
    def groups_base(self) -> str:
        return f"ou=groups,{self.suffix}"

    @property
    def ad_base(self) -> str:
        return f"ou=ad,{self.suffix}"

    def dn(self, username: str) -> str:
        """The entry of a person."""
        return f"uid={username},{self.people_base}"

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

    def restore(self) -> None:
        """Give everybody their first password, unlocked, and the first groups."""
        import ldap

        connection = self.as_admin()
        try:
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
        config = _prepare(folder, server)
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


def _prepare(folder: Path, server: Slapd) -> Path:
    (folder / "data").mkdir()
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    certificate = authority.issue_cert(HOST)
    certificate.private_key_pem.write_to_path(folder / "server.key")
    certificate.cert_chain_pems[0].write_to_path(folder / "server.pem")
    config = folder / "slapd.conf"
    config.write_text(
        CONFIG.format(
            folder=folder,
            suffix=server.suffix,
            policy=server.policy,
            service=server.service_dn,
            admin_password=server.admin_password,
        )
    )
    tree = folder / "tree.ldif"
    tree.write_text("\n\n".join(_entries(server)) + "\n")
    loaded = subprocess.run(
        [program("slapadd") or "slapadd", "-f", config, "-l", tree],
        check=False,
        capture_output=True,
        text=True,
    )
    if loaded.returncode:
        raise NotStarted(loaded.stderr)
    return config


def _entries(server: Slapd) -> Iterator[str]:
    yield f"dn: {server.suffix}\nobjectClass: dcObject\nobjectClass: organization\ndc: example\no: Example"
    for unit in ("people", "groups", "policies", "services", "ad"):
        yield f"dn: ou={unit},{server.suffix}\nobjectClass: organizationalUnit\nou: {unit}"
    yield (
        f"dn: {server.policy}\nobjectClass: applicationProcess\nobjectClass: pwdPolicy\ncn: default\n"
        f"pwdAttribute: userPassword\npwdLockout: TRUE\npwdMaxFailure: {MAX_FAILURES}\npwdLockoutDuration: 0\n"
        "pwdMustChange: TRUE\npwdAllowUserChange: TRUE\npwdMaxAge: 7776000\npwdCheckQuality: 1\npwdMinLength: 8"
    )
    yield (
        f"dn: {server.service_dn}\nobjectClass: applicationProcess\nobjectClass: simpleSecurityObject\n"
        f"cn: tickless\nuserPassword: {server.service_password}"
    )
    for username, name in PEOPLE.items():
        yield (
            f"dn: {server.dn(username)}\nobjectClass: inetOrgPerson\nuid: {username}\ncn:: {_base64(name)}\n"
            f"sn: {name.rpartition(' ')[2]}\ndisplayName:: {_base64(name)}\nuserPassword: {server.people[username]}"
        )
    for group, members in GROUPS.items():
        lines = "\n".join(f"member: {server.dn(member)}" for member in members)
        yield f"dn: cn={group},{server.groups_base}\nobjectClass: groupOfNames\ncn: {group}\n{lines}"
    yield (
        f"dn: cn=Eva Berg,{server.ad_base}\nobjectClass: user\ncn: Eva Berg\nsn: Berg\n"
        "displayName: Eva Berg\n"
        "instanceType: 4\nnTSecurityDescriptor: none\nobjectCategory: cn=person\n"
        "uid: eva\nuserAccountControl: 512\nlockoutTime: 0\npwdLastSet: 133497504000000000"
    )


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
