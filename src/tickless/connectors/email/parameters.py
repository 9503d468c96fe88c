"""Parameters and answers of the e-mail connector."""

from __future__ import annotations

from pydantic import Field

from tickless.sdk import Output, Params

ADDRESS = r"^[^@\s<>,;:\"()\\]{1,64}@[A-Za-z0-9.-]{1,253}$"
ONE_LINE = r"^[^\r\n\x00]*$"


class NewMail(Params):
    to: str = Field(pattern=ADDRESS)
    subject: str = Field(min_length=1, max_length=250, pattern=ONE_LINE)
    text: str = Field(min_length=1, max_length=50_000)
    in_reply_to: str = Field(default="", max_length=300, pattern=r"^[^<>\s]*$")
    """Message-ID of the mail that this one answers, without brackets."""


class Sent(Output):
    """`sent` is false in a dry run."""

    sent: bool
    message_id: str


class HowMany(Params):
    most: int = Field(default=50, ge=1, le=500)


class Mail(Output):
    """`raw_base64`: the mail's bytes, for this connector's own receiver."""

    uid: int
    raw_base64: str


class Unseen(Output):
    mails: tuple[Mail, ...]


class Uids(Params):
    uids: tuple[int, ...] = Field(min_length=1, max_length=500)


class Flagged(Output):
    """How many mails were not flagged so before."""

    changed: int
