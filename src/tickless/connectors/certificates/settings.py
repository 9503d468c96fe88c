"""Settings of a set of served certificates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tickless.sdk.hosts import Argv, Host


class Served(BaseModel):
    """One certificate, where it is served, and how it is renewed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    address: str = Field(min_length=1)
    port: int = Field(default=443, ge=1, le=65535)
    server_name: str = Field(default="", max_length=253)
    """The name that is asked for (SNI); empty: the address."""
    starttls: Literal["", "smtp", "imap"] = ""
    ca_file: str = ""
    """Certificates to trust for it instead of the system's: of an own authority."""
    host: str = ""
    """The host of `hosts` on which it is renewed; empty: it is only looked at."""
    renew: Argv = ()
    """The command that renews it and makes the server take the new one, such as `["certbot", "renew"]`."""
    renew_below_days: float = Field(default=30, ge=0)
    """A certificate that is good for longer is not renewed: authorities limit how often they may be asked."""


class Settings(BaseModel):
    """`certificates`: name → where it is served. `hosts`, `key` and `known_hosts` only where some are renewed over SSH."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    certificates: Mapping[str, Served] = Field(min_length=1)
    hosts: Mapping[str, Host] = Field(default_factory=dict)
    key: str = ""
    passphrase: str = ""
    known_hosts: str = ""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        for name, one in self.certificates.items():
            if bool(one.host) != bool(one.renew):
                raise ValueError(f"{name}: name `host` and `renew` together")
            if one.host and (one.host not in self.hosts or not self.key or not self.known_hosts):
                raise ValueError(f"{name}: its host, `key` and `known_hosts` have to be there")
        return self
