"""Settings of one LDAP directory."""

from __future__ import annotations

from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, model_validator

LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class Settings(BaseModel):
    """`password` is a secret reference. Without TLS only a directory on this machine is spoken to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(pattern=r"^ldaps?://[^/?#\s@]+/?$")
    """`ldaps://directory.internal`, or `ldap://` with `start_tls`."""
    start_tls: bool = False
    ca_file: str = ""
    """Certificates to trust instead of the system's."""
    allow_plaintext: bool = False
    """Speak `ldap://` without TLS to another machine: passwords then cross the network readable."""
    bind_dn: str = Field(min_length=1)
    password: str
    dialect: Literal["openldap", "active_directory"] = "openldap"
    people_base: str = Field(min_length=1)
    groups_base: str = ""
    """Where groups are; empty: this instance answers nothing about groups."""
    login_attribute: str = Field(default="", pattern=r"^([A-Za-z][A-Za-z0-9-]*)?$")
    """What holds the login name; empty: `uid`, or `sAMAccountName` in Active Directory."""
    people_filter: str = "(objectClass=person)"
    groups_filter: str = "(|(objectClass=groupOfNames)(objectClass=group))"
    nested_groups: bool = False
    """Active Directory: being in a group that is in the group counts, too (LDAP_MATCHING_RULE_IN_CHAIN)."""
    policy_dn: str = ""
    """The default password policy (OpenLDAP), so that an expired lockout or password is recognised."""

    @model_validator(mode="after")
    def _no_readable_passwords(self) -> Self:
        host = urlsplit(self.url).hostname
        safe = self.url.startswith("ldaps:") or self.start_tls or self.allow_plaintext or host in LOOPBACK
        if self.nested_groups and self.dialect != "active_directory":
            raise ValueError("only Active Directory follows groups in groups by itself")
        if not safe:
            raise ValueError("use ldaps:// or start_tls, or say allow_plaintext = true")
        return self
