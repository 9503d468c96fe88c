"""A real Active Directory: Samba's domain controller with its LDAP service alone, on a loopback address of its own.

Samba listens on the ports of LDAP (389, 636), which takes root. Three wrong passwords lock an account; passwords are taken over
TLS only. A service account has the delegated rights that the connector's README names, and no others.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.servers.processes import Program, own_folder, program
from tests.servers.shared import shared

REALM, BASE = "ad.example.test", "DC=ad,DC=example,DC=test"
STAFF = f"OU=Staff,{BASE}"
GROUPS = f"OU=Groups,{BASE}"
SERVICE = "svc-tickless"
PEOPLE = {"anna": "Anna Schmidt", "ben": "Ben Okafor", "chloe": "Chloé Martin"}
MAX_FAILURES = 3
MEMBERS = {
    "vpn-users": (f"CN=anna,{STAFF}",),
    "wiki-editors": (f"CN=anna,{STAFF}", f"CN=chloe,{STAFF}"),
    "all-staff": (f"CN=vpn-users,{GROUPS}", f"CN=ben,{STAFF}"),
}
"""Members of each group by name; one group is in another."""


@dataclass(frozen=True)
class Samba:
    """A running domain controller. `folder` is its data; passwords are made anew for every run."""

    address: str
    folder: Path
    admin_password: str
    service_password: str
    people: dict[str, str]

    @property
    def url(self) -> str:
        return f"ldaps://{self.address}"

    @property
    def plain_url(self) -> str:
        return f"ldap://{self.address}"

    @property
    def ca_file(self) -> str:
        return str(self.folder / "private/tls/ca.pem")

    @property
    def service_dn(self) -> str:
        return f"CN={SERVICE},CN=Users,{BASE}"

    def dn(self, username: str) -> str:
        return f"CN={username},{STAFF}"

    def can_sign_in(self, username: str, password: str | None = None) -> bool:
        """The symptom itself: does a bind with this (or the person's first) password succeed?"""
        import ldap

        connection = self._open()
        try:
            connection.simple_bind_s(f"{username}@{REALM}", self.people[username] if password is None else password)
        except ldap.INVALID_CREDENTIALS:
            return False
        finally:
            connection.unbind_s()
        return True

    def lock_out(self, username: str) -> None:
        """Fail to sign in until the policy locks the account."""
        for attempt in range(MAX_FAILURES):
            assert not self.can_sign_in(username, f"wrong {attempt}")
        assert not self.can_sign_in(username), "the account is not locked out"

    def tool(self, *words: str) -> str:
        """`samba-tool` on the files of the controller."""
        command = [program("samba-tool") or "samba-tool", *words, "-H", str(self.folder / "private/sam.ldb"),
                   "-s", str(self.folder / "etc/smb.conf")]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def attribute(self, dn: str, name: str) -> list[str]:
        """The values of an attribute, read by the service account."""
        import ldap

        connection = self._open()
        connection.simple_bind_s(self.service_dn, self.service_password)
        try:
            entry = connection.search_s(dn, ldap.SCOPE_BASE, attrlist=[name])[0][1]
        finally:
            connection.unbind_s()
        return [value.decode(errors="replace") for value in entry.get(name, [])]

    def restore(self) -> None:
        """Everybody with their first password, unlocked, enabled, and in the first groups; nobody else has an account."""
        import ldap

        admin = self.as_admin()
        try:
            found = admin.search_s(STAFF, ldap.SCOPE_ONELEVEL, "(objectClass=user)", ["sAMAccountName"])
            for dn, entry in found:
                if entry["sAMAccountName"][0].decode() not in self.people:
                    admin.delete_s(dn)
            for username, password in self.people.items():
                values = {"unicodePwd": _quoted(password), "userAccountControl": b"512", "lockoutTime": b"0"}
                admin.modify_s(self.dn(username), [(ldap.MOD_REPLACE, name, [value]) for name, value in values.items()])
            for group, members in MEMBERS.items():
                admin.modify_s(
                    f"CN={group},{GROUPS}", [(ldap.MOD_REPLACE, "member", [dn.encode() for dn in members] or None)]
                )
        finally:
            admin.unbind_s()

    def as_admin(self) -> Any:
        """A python-ldap connection of the administrator, to prepare with. Close it with `unbind_s`."""
        connection = self._open()
        connection.simple_bind_s(f"Administrator@{REALM}", self.admin_password)
        return connection

    def _open(self) -> Any:
        import ldap

        connection = ldap.initialize(self.url)
        connection.set_option(ldap.OPT_X_TLS_CACERTFILE, self.ca_file)
        connection.set_option(ldap.OPT_X_TLS_REQUIRE_CERT, ldap.OPT_X_TLS_DEMAND)
        connection.set_option(ldap.OPT_X_TLS_NEWCTX, 0)
        connection.set_option(ldap.OPT_REFERRALS, 0)
        return connection


def _password() -> str:
    return f"Aa1-{secrets.token_hex(10)}"


@contextmanager
def run_samba() -> Iterator[Samba]:
    """Provision a domain and start its controller."""
    with own_folder("samba") as root:
        address = f"127.{secrets.randbelow(200) + 20}.{secrets.randbelow(250) + 2}.{secrets.randbelow(250) + 2}"
        server = Samba(address, root / "dc", _password(), _password(), {name: _password() for name in PEOPLE})
        _provision(server)
        _certificate(server)
        run = root / "dc" / "run"
        run.mkdir()
        command = [program("samba") or "samba", "-F", "-M", "single", "--no-process-group", "--debug-stdout",
                   "-s", str(server.folder / "etc/smb.conf"), f"--option=pid directory={run}",
                   f"--option=ncalrpc dir={run}/ncalrpc"]  # fmt: skip
        daemon = Program(command, log=root / "log")
        daemon.start(lambda: _listens(address))
        try:
            _populate(server)
            yield server
        finally:
            daemon.stop()


def _listens(address: str) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((address, 636)) == 0


def _provision(server: Samba) -> None:
    done = subprocess.run(
        [program("samba-tool") or "samba-tool", "domain", "provision", f"--targetdir={server.folder}",
         f"--realm={REALM.upper()}", "--domain=AD", "--server-role=dc", "--dns-backend=NONE",
         f"--adminpass={server.admin_password}", "--host-name=dc1", f"--host-ip={server.address}", "--option=vfs objects=",
         f"--option=interfaces={server.address}/8", "--option=bind interfaces only=yes"],
        capture_output=True, text=True, check=False, env={**os.environ, "HOME": str(server.folder.parent)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2_000:]
    config = server.folder / "etc/smb.conf"
    text = re.sub(r"^\s*server services = .*$", "\tserver services = ldap", config.read_text(), flags=re.MULTILINE)
    config.write_text(text)
    (server.folder / "cache").mkdir(exist_ok=True)


def _certificate(server: Samba) -> None:
    """Samba's own names no address; the connector checks names, as it has to."""
    import trustme

    authority = trustme.CA()
    made = authority.issue_cert(server.address)
    tls = server.folder / "private/tls"
    shutil.rmtree(tls, ignore_errors=True)
    tls.mkdir(mode=0o700)
    authority.cert_pem.write_to_path(tls / "ca.pem")
    made.cert_chain_pems[0].write_to_path(tls / "cert.pem")
    made.private_key_pem.write_to_path(tls / "key.pem")
    (tls / "key.pem").chmod(0o600)


def _quoted(password: str) -> bytes:
    return f'"{password}"'.encode("utf-16-le")


def _populate(server: Samba) -> None:
    import ldap

    admin = server.as_admin()
    rules = {"lockoutThreshold": str(MAX_FAILURES), "minPwdAge": "0", "pwdHistoryLength": "0"}
    admin.modify_s(BASE, [(ldap.MOD_REPLACE, name, [value.encode()]) for name, value in rules.items()])
    for unit in (STAFF, GROUPS):
        admin.add_s(unit, [("objectClass", [b"organizationalUnit"])])
    people = {server.dn(name): (name, PEOPLE[name], server.people[name]) for name in PEOPLE}
    people[server.service_dn] = (SERVICE, SERVICE, server.service_password)
    for dn, (username, name, password) in people.items():
        values = {"objectClass": b"user", "sAMAccountName": username.encode(), "displayName": name.encode(),
                  "userPrincipalName": f"{username}@{REALM}".encode(), "unicodePwd": _quoted(password),
                  "userAccountControl": b"512"}  # fmt: skip
        admin.add_s(dn, [(key, [value]) for key, value in values.items()])
    for group in MEMBERS:
        admin.add_s(f"CN={group},{GROUPS}", [("objectClass", [b"group"]), ("sAMAccountName", [group.encode()])])
    sid = _sid(admin.search_s(server.service_dn, ldap.SCOPE_BASE, attrlist=["objectSid"])[0][1]["objectSid"][0])
    admin.unbind_s()
    _delegate(server, sid)


def _sid(raw: bytes) -> str:
    """MS-DTYP 2.4.2.2 as text."""
    parts = [int.from_bytes(raw[start : start + 4], "little") for start in range(8, len(raw), 4)]
    return "-".join(map(str, ["S", raw[0], int.from_bytes(raw[2:8], "big"), *parts]))


def _delegate(server: Samba, sid: str) -> None:
    """The rights that the connector's README names, and no others."""
    person, group = "bf967aba-0de6-11d0-a285-00aa003049e2", "bf967a9c-0de6-11d0-a285-00aa003049e2"
    reset, member = "00299570-246d-11d0-a768-00aa006e0529", "bf9679c0-0de6-11d0-a285-00aa003049e2"
    written = (
        "28630ebf-41d5-11d1-a9c1-0000f80367c1",  # lockoutTime
        "bf967a68-0de6-11d0-a285-00aa003049e2",  # userAccountControl
        "bf967a0a-0de6-11d0-a285-00aa003049e2",  # pwdLastSet
    )
    rules = [f"(OA;CIIO;WP;{attribute};{person};{sid})" for attribute in written]
    rules += [f"(OA;CIIO;CR;{reset};{person};{sid})", f"(OA;;CCDC;{person};;{sid})"]
    server.tool("dsacl", "set", f"--objectdn={STAFF}", f"--sddl={''.join(rules)}")
    server.tool("dsacl", "set", f"--objectdn={GROUPS}", f"--sddl=(OA;CIIO;WP;{member};{group};{sid})")


def fresh_samba() -> Samba:
    """The controller that this process shares, with everybody unlocked and with their first password."""
    server = shared("samba", run_samba)
    server.restore()
    return server


@pytest.fixture
def samba() -> Samba:
    """A domain in its first state. Started once per session."""
    return fresh_samba()
