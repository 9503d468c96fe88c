"""Settings: one mailbox that is read, one way out, and how quotas are reached."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from tickless.kit.zones import zones

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
    listen: bool = True
    """Take in the mails of `folder` as messages. Off: they come by `/hooks/NAME`, or the instance is for quotas only."""
    done_folder: str = ""
    """Where mails go once they are taken in; empty: they stay and are marked as seen. A server that knows neither MOVE nor
    UIDPLUS leaves them behind as well, marked as deleted, for you to expunge."""
    poll: float = Field(default=30.0, ge=0.2, le=3_600)
    """Seconds between looks where the server does not tell of new mail by itself (IDLE)."""
    largest_mail: int = Field(default=2_000_000, ge=10_000, le=50_000_000)
    """Bytes of a mail that are fetched; text comes first, attachments are not kept anyway."""
    most_per_hour: int = Field(default=30, ge=1, le=10_000)
    """More mails than that from one address within an hour are taken for a machine's, and not answered."""
    quotas: Quotas = Quotas()
    smtp: Server | None = None
    sender: str = ""
    """Our own address: mail goes out from it, and mail that claims to come from it is never answered."""
    sender_name: str = "Tickless"
    thread_key: str = ""
    """Secret reference, 32 signs or more: signs the tokens by which an answer finds its conversation."""
    plus_addressing: bool = True
    """Whether `help+anything@…` reaches `help@…` on your server (RFC 5233)."""
    sent_folder: str = ""
    """Where a copy of every answer is kept. With it, an answer whose sending was interrupted is never sent twice."""
    authserv_id: str = ""
    """Name of your own mail server in `Authentication-Results`: its verdict is believed, no other. Without it every sender is
    unproven. Only the topmost header of that name counts; the server must write one for every mail, and take away those that
    come from outside (RFC 8601, section 5)."""
    trust_email: bool = False
    """Whether an address that `authserv_id` vouches for is the person who has it on record, without a code."""
    when_unsure: Literal["refuse", "send_again"] = "refuse"
    """After a crash in the middle of `send`: rather none or rather two? (`post` asks `sent_folder`, else sends again.)"""
    alerts_from: tuple[str, ...] = ()
    """Senders whose mails are alerts of a monitor and no messages: addresses, or whole domains as `@monitors.example`."""
    alerts_unproven: bool = False
    """Whether those are believed although our own server does not vouch for them. Anybody can write any sender into a mail:
    only where nobody outside can send to this mailbox."""
    alerts_zone: str = "UTC"
    """Time zone of times without an offset in such mails."""
    longest_text: int = Field(default=20_000, ge=100, le=1_000_000)

    @field_validator("alerts_zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        if zone not in zones():
            raise ValueError(f"{zone!r} is no time zone; write one such as Europe/Berlin")
        return zone

    @field_validator("alerts_from")
    @classmethod
    def _senders(cls, senders: tuple[str, ...]) -> tuple[str, ...]:
        for one in senders:
            if one.count("@") != 1 or not one.rpartition("@")[2]:
                raise ValueError(f"{one!r} is neither an address nor a domain such as @monitors.example")
        return senders
