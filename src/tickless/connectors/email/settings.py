"""Settings: one mailbox that is read, one way out, and how quotas are reached."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Tls = Literal["tls", "starttls", "none"]


class Server(BaseModel):
    """A mail server and who signs in. `password`: a secret reference. `tls = "none"` is for loopback only."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field(min_length=1)
    port: int = Field(ge=1, le=65_535)
    tls: Tls = "tls"
    ca_file: str = ""
    user: str = ""
    password: str = ""


class Quotas(BaseModel):
    """How another person's quota is reached.

    `own`: only the mailbox that `imap` signs in to. `master`: sign in as `PERSON*ADMIN` (Dovecot). `proxy`: SASL PLAIN with the
    person as authorisation id. `admin`: sign in as the administrator and name the mailbox by `mailbox` (Cyrus).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sign_in: Literal["own", "master", "proxy", "admin"] = "own"
    separator: str = "*"
    mailbox: str = "user/{username}"
    root: str = ""
    """Quota root that is set; empty: the first one of the mailbox."""


class Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    imap: Server | None = None
    folder: str = "INBOX"
    quotas: Quotas = Quotas()
    smtp: Server | None = None
    sender: str = ""
    """Our own address: mail goes out from it, and mail that claims to come from it is never answered."""
    authserv_id: str = ""
    """Name of your own mail server in `Authentication-Results`: its verdict is believed, no other."""
    when_unsure: Literal["refuse", "send_again"] = "refuse"
    """After a crash in the middle of sending: rather none or rather two?"""
    longest_text: int = Field(default=20_000, ge=100, le=1_000_000)
