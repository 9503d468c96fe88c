"""What the test directory holds and how slapd is configured: policy, access rules, people, groups."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import trustme
from tests.servers.processes import HOST, NotStarted, program

SUFFIX = "dc=example,dc=test"
POLICY = f"cn=default,ou=policies,{SUFFIX}"
SERVICE = f"cn=tickless,ou=services,{SUFFIX}"
PEOPLE_BASE = f"ou=people,{SUFFIX}"
GROUPS_BASE = f"ou=groups,{SUFFIX}"
AD_BASE = f"ou=ad,{SUFFIX}"
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
access to dn.base="ou=people,{suffix}" attrs=children by dn.exact="{service}" write by * read
access to dn.onelevel="ou=people,{suffix}" attrs=entry by dn.exact="{service}" write by * read
access to dn.subtree="ou=groups,{suffix}" attrs=member by dn.exact="{service}" write by * read
access to dn.subtree="ou=ad,{suffix}" by dn.exact="{service}" write by * read
access to * by users read by anonymous auth
"""


def person_dn(username: str) -> str:
    """The entry of a person."""
    return f"uid={username},{PEOPLE_BASE}"


def prepare(folder: Path, *, people: Mapping[str, str], admin_password: str, service_password: str) -> Path:
    """Write configuration, certificates and the first entries; gives the configuration's path."""
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
            suffix=SUFFIX,
            policy=POLICY,
            service=SERVICE,
            admin_password=admin_password,
        )
    )
    tree = folder / "tree.ldif"
    tree.write_text("\n\n".join(_entries(people, service_password)) + "\n")
    loaded = subprocess.run(
        [program("slapadd") or "slapadd", "-f", config, "-l", tree],
        check=False,
        capture_output=True,
        text=True,
    )
    if loaded.returncode:
        raise NotStarted(loaded.stderr)
    return config


def _entries(people: Mapping[str, str], service_password: str) -> Iterator[str]:
    yield f"dn: {SUFFIX}\nobjectClass: dcObject\nobjectClass: organization\ndc: example\no: Example"
    for unit in ("people", "groups", "policies", "services", "ad"):
        yield f"dn: ou={unit},{SUFFIX}\nobjectClass: organizationalUnit\nou: {unit}"
    yield (
        f"dn: {POLICY}\nobjectClass: applicationProcess\nobjectClass: pwdPolicy\ncn: default\n"
        f"pwdAttribute: userPassword\npwdLockout: TRUE\npwdMaxFailure: {MAX_FAILURES}\npwdLockoutDuration: 0\n"
        "pwdMustChange: TRUE\npwdAllowUserChange: TRUE\npwdMaxAge: 7776000\npwdCheckQuality: 1\npwdMinLength: 8"
    )
    yield (
        f"dn: {SERVICE}\nobjectClass: applicationProcess\nobjectClass: simpleSecurityObject\n"
        f"cn: tickless\nuserPassword: {service_password}"
    )
    for username, name in PEOPLE.items():
        yield (
            f"dn: {person_dn(username)}\nobjectClass: inetOrgPerson\nuid: {username}\ncn:: {_base64(name)}\n"
            f"sn: {name.rpartition(' ')[2]}\ndisplayName:: {_base64(name)}\nuserPassword: {people[username]}"
        )
    for group, members in GROUPS.items():
        lines = "\n".join(f"member: {person_dn(member)}" for member in members)
        yield f"dn: cn={group},{GROUPS_BASE}\nobjectClass: groupOfNames\ncn: {group}\n{lines}"
    yield (
        f"dn: cn=Eva Berg,{AD_BASE}\nobjectClass: user\ncn: Eva Berg\nsn: Berg\n"
        "displayName: Eva Berg\n"
        "instanceType: 4\nnTSecurityDescriptor: none\nobjectCategory: cn=person\n"
        "uid: eva\nuserAccountControl: 512\nlockoutTime: 0\npwdLastSet: 133497504000000000"
    )


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
